import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'electron-vite';

const root = import.meta.dirname;
const mainEntry = resolve(root, 'src-main/index.ts');
const preloadEntry = resolve(root, 'src-main/preload/preload.ts');

/** Main stays ESM; its dependencies are read from node_modules. */
const main: UserConfig['main'] = {
  build: {
    outDir: resolve(root, 'out/main'),
    lib: { entry: mainEntry, formats: ['es'] },
    rolldownOptions: { output: { entryFileNames: 'index.js' } },
  },
};

/** A sandboxed preload must be one CommonJS file that brings its dependencies along. */
const preload: UserConfig['preload'] = {
  build: {
    outDir: resolve(root, 'out/preload'),
    externalizeDeps: false,
    lib: { entry: preloadEntry, formats: ['cjs'] },
    rolldownOptions: { output: { entryFileNames: 'preload.cjs' } },
  },
};

/** One page for both hosts: the desktop window and the browser. */
const renderer: UserConfig['renderer'] = {
  root: resolve(root, 'src-renderer'),
  base: '/',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: resolve(root, 'out/renderer'),
    emptyOutDir: true,
    minify: 'oxc',
    target: 'chrome130',
    chunkSizeWarningLimit: 4000,
    rolldownOptions: { input: { index: resolve(root, 'src-renderer/index.html') } },
  },
};

// The page can be built before (or without) the desktop parts.
export default defineConfig({
  ...(existsSync(mainEntry) ? { main } : {}),
  ...(existsSync(preloadEntry) ? { preload } : {}),
  renderer,
});
