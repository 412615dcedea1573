import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/* ARCHITECTURE.md §7 is checked against the tests it names: no row without a test, no test that is not there. */

const root = join(import.meta.dirname, '../..');
const chapter = /^## 7\..*?(?=^## 8\.)/ms.exec(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'))?.[0] ?? '';

type Row = { item: string; setting: string; tests: { file: string; title: string }[] };

const rows: Row[] = chapter
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| item') && !line.startsWith('|---'))
  .map((line) => {
    const [, item = '', setting = '', proof = ''] = line.split('|').map((cell) => cell.trim());
    const tests = [...proof.matchAll(/`([^`]+\.test\.ts)`: ([^;]+)/g)].map(([, file = '', title = '']) => ({
      file,
      title: title.trim(),
    }));
    return { item, setting, tests };
  });

const sourceOf = (file: string) => {
  const folders = ['src-main', 'tests/desktop', 'src-shared/desktop', 'server/config'];
  const path = folders.map((folder) => join(root, folder, file)).find(existsSync);
  return path ? readFileSync(path, 'utf8') : '';
};

test('the table has Electron’s twenty items, in order, each with a setting and a test of the fake-electron suite', () => {
  const numbered = rows.filter(({ item }) => /^\d+\. /.test(item));
  expect(numbered.map(({ item }) => Number.parseInt(item, 10))).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  for (const [index, { setting, tests }] of numbered.entries()) {
    expect(setting).not.toBe('');
    expect(tests[0]).toEqual({ file: 'security.e2e.test.ts', title: `[SEC-${index + 1}]` });
  }
});

test('every test the table names is there', () => {
  expect(rows.length).toBeGreaterThan(20);
  for (const { item, tests } of rows) {
    expect(tests, item).not.toHaveLength(0);
    // A title is a whole one, or its beginning.
    for (const { file, title } of tests) expect(sourceOf(file).includes(`'${title}`), `${item}: ${title}`).toBe(true);
  }
});

test('every numbered test of the suite is in the table', () => {
  const suite = readFileSync(join(root, 'tests/desktop/security.e2e.test.ts'), 'utf8');
  const numbers = [...suite.matchAll(/^test\('\[SEC-(\d+)\]/gm)].map(([, number]) => Number(number));
  expect(numbers).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
});
