/** The mobile SDK as it is handed out: built anew into a folder of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';

const BUDGET = 8_000;
let folder: string;
let made: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-sdk-'));
  made = join(folder, 'node_modules', '@muster', 'mobile');
  await build({
    configFile: new URL('../../src-sdk/mobile/vite.config.ts', import.meta.url).pathname,
    logLevel: 'error',
    build: { outDir: made },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('it is one small module without dependencies', async () => {
  const file = join(made, 'index.js');
  const text = readFileSync(file, 'utf8');
  expect(gzipSync(text).length).toBeLessThan(BUDGET);
  expect(text).not.toMatch(/\bimport\b|\brequire\b/);
  // Syntax beyond ES2020: ??=, private names, static blocks.
  expect(text).not.toMatch(/\?\?=|\|\|=|this\.#|static\s*\{/);
  // It can be loaded where there is no DOM, and no React Native.
  expect(Object.keys(await import(pathToFileURL(file).href)).sort()).toEqual([
    'browserPlatform',
    'createMuster',
    'fromAsyncStorage',
  ]);
});

test('it is a package with types, for projects that know neither the DOM nor our settings', () => {
  const described: unknown = JSON.parse(readFileSync(join(made, 'package.json'), 'utf8'));
  expect(described).toMatchObject({ name: '@muster/mobile', type: 'module', types: './types/index.d.ts' });
  expect(readFileSync(join(made, 'README.md'), 'utf8')).toContain('createMuster');
  const use = `
    import { createMuster, type Order, type Platform } from '@muster/mobile';
    declare const platform: Platform;
    const muster = createMuster({ url: '', accessKey: '', app: { version: '1', build: '1' }, platform });
    const order: Order = { externalOrderId: 'o', totalCost: 1, status: 'INITIALIZED', date: '' };
    export const done: Promise<void> = muster.shop.orderCreated(order, 'EUR');
    // @ts-expect-error a product has an id
    muster.shop.productViewed({ price: 1, isInStock: true });
  `;
  writeFileSync(join(folder, 'use.ts'), use);
  const compilerOptions = {
    noEmit: true,
    strict: true,
    lib: ['ES2020'],
    types: [],
    target: 'ES2020',
    module: 'NodeNext',
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([0, '']);
});
