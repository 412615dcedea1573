import { pino } from 'pino';
import type { Deps } from '#server/service.ts';
import type { Database } from '#server/storage/database.ts';
import { createLocalWake } from './local-wake.ts';

/** What a part of the server needs, over a test's database; wake-ups stay in the process. */
export function createTestDeps(db: Database, more: { now?: () => number; dataDir?: string } = {}): Deps {
  return {
    db,
    log: pino({ level: 'silent' }),
    now: more.now ?? Date.now,
    wake: createLocalWake(),
    config: {
      version: '0.0.0-test',
      port: 0,
      host: '127.0.0.1',
      dataDir: more.dataDir ?? '',
      databaseUrl: null,
      role: 'all',
      adminEmail: null,
      adminPassword: null,
      timeZone: 'UTC',
      defaultRegion: null,
      smtpUrl: null,
      publicUrl: 'http://127.0.0.1:4600',
      apiRate: 5_000,
      apiPrivateUrls: false,
      open: false,
      localWorkspace: false,
      setupCode: null,
    },
  };
}
