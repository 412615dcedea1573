import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { writePackage } from './write-package.ts';

/** One module without dependencies: served to pages, and the main file of a package for npm that lies beside it. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    outDir: resolve(import.meta.dirname, '../../out/sdk-mobile'),
    emptyOutDir: true,
    target: 'es2020',
    minify: 'oxc',
    reportCompressedSize: false,
    lib: { entry: resolve(import.meta.dirname, 'index.ts'), formats: ['es'], fileName: () => 'index.js' },
  },
  plugins: [{ name: 'package', apply: 'build', writeBundle: ({ dir }) => dir && writePackage(dir) }],
});
