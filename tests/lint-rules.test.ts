import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/*
 * Proves that the boundary rules bite: each file under lint-fixtures breaks exactly one of them on purpose. They are
 * copied into an empty project with our configuration, because there they lie where the rules look.
 */
const fixtures = join(import.meta.dirname, 'lint-fixtures');
const root = join(import.meta.dirname, '..');

const expected: Record<string, string> = {
  'src-shared/segment/reads-a-file.ts': 'lint/style/noRestrictedImports',
  'src-shared/segment/imports-the-server.ts': 'lint/style/noRestrictedImports',
  'src-shared/segment/has-a-clock.ts': 'lint/style/noRestrictedGlobals',
  'src-shared/segment/reads-the-time.ts': 'plugin',
  'src-shared/segment/uses-a-foreign-library.ts': 'lint/style/noRestrictedImports',
  'server/imports-the-renderer.ts': 'lint/style/noRestrictedImports',
  'server/cycle-a.ts': 'lint/suspicious/noImportCycles',
  'server/cycle-b.ts': 'lint/suspicious/noImportCycles',
  'server/barrel.ts': 'lint/performance/noBarrelFile',
  'src-main/knows-a-domain-noun.ts': 'lint/style/noRestrictedImports',
  'src-renderer/ui/knows-data.ts': 'lint/style/noRestrictedImports',
  'src-renderer/parts/knows-a-feature.ts': 'lint/style/noRestrictedImports',
  'src-renderer/features/contacts/imports-a-feature.ts': 'lint/style/noRestrictedImports',
  'src-renderer/features/contacts/imports-a-feature-relatively.ts': 'lint/style/noRestrictedImports',
  'src-renderer/data/sync/knows-rxdb.ts': 'lint/style/noRestrictedImports',
  'src-renderer/data/store/knows-the-trpc-client.ts': 'lint/style/noRestrictedImports',
  'src-renderer/data/columns/knows-the-store.ts': 'lint/style/noRestrictedImports',
};

let project = '';
const found: Record<string, string[]> = {};

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [relative(fixtures, path)];
  });
}

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'muster-lint-'));
  cpSync(fixtures, project, { recursive: true });
  cpSync(join(root, 'biome.json'), join(project, 'biome.json'));
  cpSync(join(root, 'tests', 'lint'), join(project, 'tests', 'lint'), { recursive: true });
  const biome = join(root, 'node_modules', '.bin', 'biome');
  const args = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', '.'];
  let output: string;
  try {
    output = execFileSync(biome, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    output = String((error as { stdout: string }).stdout);
  }
  type Diagnostic = { category: string; location: { path: string | { file: string } } };
  const report: { diagnostics: Diagnostic[] } = JSON.parse(output);
  for (const { category, location } of report.diagnostics) {
    const file = typeof location.path === 'string' ? location.path : location.path.file;
    const name = file.replace(/^\.\//, '');
    found[name] = [...(found[name] ?? []), category];
  }
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

test('every fixture has an expectation', () => {
  expect(files(fixtures).sort()).toEqual(Object.keys(expected).sort());
});

for (const [file, rule] of Object.entries(expected)) {
  test(`the linter reports ${file} (${rule})`, () => {
    expect(found[file] ?? []).toContain(rule);
  });
}
