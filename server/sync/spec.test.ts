import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const folders = ['src-shared', 'server', 'src-renderer', 'src-main', 'tests'];

function titles(): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.test\.tsx?$/.test(path) && !path.includes('node_modules'))
      .flatMap((path) => [
        ...readFileSync(join(root, folder, path), 'utf8').matchAll(
          /\b(?:test|it)(?:\.\w+\([^)]*\))?\(\s*(['"`])((?:(?!\1).)+)\1/g,
        ),
      ])
      .map((match) => match[2] ?? ''),
  );
}

const spec = readFileSync(join(root, 'src-shared', 'sync', 'SPEC.md'), 'utf8');
const rules = new Set(Array.from(spec.matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm), (match) => match[1] ?? ''));
const prefixes = new Set(Array.from(rules, (rule) => rule.split('-')[0] ?? ''));
const cited = new Set(
  titles().flatMap((title) => Array.from(title.matchAll(/\[([A-Z]+-\d+)\]/g), (match) => match[1] ?? '')),
);

test('every rule of SPEC.md has a test', () => {
  expect(rules.size).toBeGreaterThan(20);
  expect([...rules].filter((rule) => !cited.has(rule))).toEqual([]);
});

test('every rule a test names is in SPEC.md', () => {
  expect([...cited].filter((rule) => prefixes.has(rule.split('-')[0] ?? '') && !rules.has(rule))).toEqual([]);
});
