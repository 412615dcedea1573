import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = join(import.meta.dirname, '..');
const sources = '{src-shared,server,src-renderer,src-main,tests}/**/*.test.{ts,tsx}';
const exclude = ['**/node_modules/**', 'out/**', 'tests/lint-fixtures/**'];

// What runs a browser or whole servers runs after the rest, two files at a time: each has ports, data and a browser of its
// own, and mostly waits for them. The rest waits for PostgreSQL as much as it computes, so two are as quick on one core.
export default defineConfig({
  root,
  test: {
    globalSetup: [join(import.meta.dirname, 'support/postgres-global.ts')],
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [sources],
          exclude: [...exclude, '**/*.e2e.test.ts'],
          testTimeout: 60_000,
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        resolve: { alias: { electron: join(import.meta.dirname, 'desktop', 'fake-electron.ts') } },
        test: {
          name: 'e2e',
          include: ['tests/**/*.e2e.test.ts'],
          exclude,
          testTimeout: 300_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
