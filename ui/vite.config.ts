import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:4320';
const served = ['/api', '/prometheus', '/loki', '/jaeger', '/tempo', '/v1'];

export default defineConfig({
  plugins: [react()],
  server: { proxy: Object.fromEntries(served.map((path) => [path, server])) },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The content security policy allows fonts from this origin only, so nothing may become a data: address.
    assetsInlineLimit: 0,
    // ECharts is one piece by nature; it is fetched with the first chart, not with the shell.
    chunkSizeWarningLimit: 700,
  },
});
