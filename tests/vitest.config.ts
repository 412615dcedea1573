import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = join(import.meta.dirname, '..');

export default defineConfig({
  root,
  test: {
    include: ['{src-shared,server,src-renderer,src-main,tests}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'out/**', 'tests/lint-fixtures/**'],
    globalSetup: [join(import.meta.dirname, 'support/postgres-global.ts')],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
