/** What makes the built module a package for npm: its description, its types, its licence and how it is used. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const source = import.meta.dirname;
const root = join(source, '..', '..');

const described = {
  name: '@muster/mobile',
  description: 'Tells a Muster server about devices, users and events, from React Native and browsers, also offline',
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  main: './index.js',
  types: './types/index.d.ts',
  exports: { '.': { types: './types/index.d.ts', default: './index.js' } },
};

function versionOf(file: string): string {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const isPackage = typeof parsed === 'object' && parsed !== null && 'version' in parsed;
  if (!isPackage || typeof parsed.version !== 'string') throw new Error(`${file} names no version`);
  return parsed.version;
}

export function writePackage(folder: string): void {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const emit = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', join(folder, 'types')];
  execFileSync(process.execPath, [tsc, '-p', join(source, 'tsconfig.build.json'), ...emit], { stdio: 'inherit' });
  const version = versionOf(join(root, 'package.json'));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ ...described, version }, null, 2)}\n`);
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  copyFileSync(join(source, 'README.md'), join(folder, 'README.md'));
}
