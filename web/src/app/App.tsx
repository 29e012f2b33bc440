import { useEffect, useMemo } from 'react';
import { App as AntApp, ConfigProvider } from 'antd';
import viVN from 'antd/locale/vi_VN';
import enUS from 'antd/locale/en_US';
import dayjs from 'dayjs';
import 'dayjs/locale/vi';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { BrowserRouter } from 'react-router-dom';
import { isProblem } from '../api/client';
import { useLanguage } from '../i18n';
import { ErrorBoundary } from '../components/ErrorBoundary';
import { LiveRegion } from './announce';
import { Root } from './Root';
import { theme } from './theme';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content || undefined;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal stays a refusal; only an unreachable or failing server is asked again.
      retry: (count, error) => count < 2 && (!isProblem(error) || error.status === 0 || error.status >= 502),
    },
  },
});

export function App() {
  const { language } = useLanguage();
  useEffect(() => {
    dayjs.locale(language);
  }, [language]);
  const csp = useMemo(() => ({ nonce }), []);
  return (
    <ConfigProvider locale={language === 'vi' ? viVN : enUS} theme={theme} csp={csp}>
      <BrowserRouter>
        <ErrorBoundary>
          <AntApp component={false}>
            <QueryClientProvider client={client}>
              <Root />
              <LiveRegion />
            </QueryClientProvider>
          </AntApp>
        </ErrorBoundary>
      </BrowserRouter>
    </ConfigProvider>
  );
}
