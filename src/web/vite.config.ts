import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const api = 'http://127.0.0.1:7400';

// `npm run build` writes dist/web; `npm run web` serves it while somebody works on it, with the API of a running leadloop.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    // The policy of our pages allows no script and no style in the document itself.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { '/api': { target: api, changeOrigin: true } } },
});
