import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'electron-vite';
import type { Plugin } from 'vite';

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

const serviceWorker = 'service-worker';

/** Tells the service worker which files make up this build: it keeps them, and a new list makes a new cache. */
function shellList(): Plugin {
  return {
    name: 'shell-list',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const worker = bundle[`${serviceWorker}.js`];
      if (worker?.type !== 'chunk') return this.error('The service worker was not built.');
      const files = Object.keys(bundle).filter((name) => name !== worker.fileName && !name.endsWith('.map'));
      const hash = createHash('sha256');
      for (const name of files.sort()) {
        const file = bundle[name];
        hash.update(name).update(file?.type === 'chunk' ? file.code : (file?.source ?? ''));
      }
      const shell = { build: hash.digest('hex').slice(0, 16), files: files.map((name) => `/${name}`) };
      worker.code = `const SHELL = ${JSON.stringify(shell)};\n${worker.code}`;
    },
  };
}

/**
 * mjml-browser looks for the global object by compiling text, which the page's content security policy refuses (and
 * reports) although it finds another way; it is named instead.
 */
function withoutEval(): Plugin {
  return {
    name: 'without-eval',
    transform: {
      filter: { id: /[\\/]mjml-browser[\\/]/ },
      handler: (code) => ({
        code: code.replace(/(?:\bnew )?\bFunction\("return this"\)\(\)/g, 'globalThis'),
        map: null,
      }),
    },
  };
}

/**
 * zod tries to compile text as soon as a schema is made. main.tsx says that it may not, but schemas in a chunk that the
 * page's first one needs are made before that: here it is so from the beginning.
 */
function withoutZodCompiler(): Plugin {
  return {
    name: 'without-zod-compiler',
    transform: {
      filter: { id: /[\\/]zod[\\/]v4[\\/]core[\\/]core\.js$/ },
      handler(code) {
        const from = '(_a.__zod_globalConfig = {})';
        if (!code.includes(from)) return this.error('zod keeps its settings elsewhere now.');
        return { code: code.replace(from, '(_a.__zod_globalConfig = { jitless: true })'), map: null };
      },
    },
  };
}

/** electron-vite makes addresses relative; the page is opened at deep addresses (/contacts/12), where those lead nowhere. */
function absoluteAddresses(): Plugin {
  return { name: 'absolute-addresses', enforce: 'post', config: () => ({ base: '/' }) };
}

/** One page for both hosts: the desktop window and the browser. */
const renderer: UserConfig['renderer'] = {
  root: resolve(root, 'src-renderer'),
  plugins: [react(), withoutEval(), withoutZodCompiler(), shellList(), absoluteAddresses()],
  worker: { format: 'es' },
  build: {
    outDir: resolve(root, 'out/renderer'),
    emptyOutDir: true,
    minify: 'oxc',
    target: 'chrome130',
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      input: {
        index: resolve(root, 'src-renderer/index.html'),
        [serviceWorker]: resolve(root, 'src-renderer/service-worker.ts'),
      },
      output: {
        // Its address decides what it may serve: it has to lie at the root, under one name for ever.
        entryFileNames: ({ name }) => (name === serviceWorker ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
};

// The page can be built before (or without) the desktop parts.
export default defineConfig({
  ...(existsSync(mainEntry) ? { main } : {}),
  ...(existsSync(preloadEntry) ? { preload } : {}),
  renderer,
});
