import { defineConfig } from 'vitest/config';
import react from '@vitejs/plugin-react';

// The server fills the place holder __CSP_NONCE__ of index.html at every request; Vite must put the
// same place holder on the tags it adds itself.
export default defineConfig({
  plugins: [react()],
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    target: 'es2022',
    // Fonts and pictures stay files: data: addresses would need a wider content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1300,
    rollupOptions: {
      output: {
        manualChunks: (id) =>
          /node_modules\/(react|react-dom|scheduler|react-router|react-router-dom|@remix-run|@tanstack)\//.test(id)
            ? 'react'
            : undefined,
      },
    },
  },
  server: { proxy: { '/api': process.env.KYHAN_URL ?? 'http://127.0.0.1:8080' } },
  test: { environment: 'jsdom', include: ['tests/**/*.test.{ts,tsx}'], testTimeout: 20000 },
});
