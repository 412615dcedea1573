import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/** One classic script without dependencies, for browsers from 2019 on; the server adds the site it is for. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    outDir: resolve(import.meta.dirname, '../../out/sdk'),
    emptyOutDir: true,
    target: 'es2019',
    minify: 'oxc',
    reportCompressedSize: false,
    lib: {
      entry: resolve(import.meta.dirname, 'script.ts'),
      formats: ['iife'],
      name: 'muster',
      fileName: () => 'web.js',
    },
  },
});
