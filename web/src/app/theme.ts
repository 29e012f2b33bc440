import type { ThemeConfig } from 'antd';

// Calm office colours. Every pair of text and ground here reaches 4.5:1, measured with axe.
export const theme: ThemeConfig = {
  token: {
    // The library waits for the end of its animations, so they are switched off there, not by CSS.
    motion: typeof matchMedia === 'undefined' || !matchMedia('(prefers-reduced-motion: reduce)').matches,
    colorPrimary: '#0958d9',
    colorPrimaryHover: '#0747b0',
    colorPrimaryActive: '#063a91',
    colorErrorHover: '#a8071a',
    colorInfo: '#0958d9',
    colorLink: '#0958d9',
    colorError: '#cf1322',
    colorSuccess: '#237804',
    colorWarning: '#ad4e00',
    colorTextBase: '#1b2430',
    colorText: '#1b2430',
    colorTextSecondary: '#4a5565',
    colorTextTertiary: '#5b6575',
    colorTextQuaternary: '#667085',
    colorTextPlaceholder: '#667085',
    colorTextDescription: '#566072',
    colorTextDisabled: '#667085',
    colorBorder: '#b8c0cc',
    colorBgLayout: '#f4f6f9',
    borderRadius: 8,
    controlHeight: 38,
    controlHeightLG: 44,
    fontSize: 15,
    fontSizeLG: 15,
    fontFamily: "'Be Vietnam Pro', 'Segoe UI', system-ui, sans-serif",
  },
  components: {
    Button: { fontWeight: 500, primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
    Tabs: { horizontalItemGutter: 24 },
    Modal: { titleFontSize: 18 },
    Form: { itemMarginBottom: 18, labelColor: '#1b2430' },
  },
};
