import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { type Database, openDatabase } from '#server/storage/database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers the URL of the test server's database "muster"; starts it when it does not run yet. */
    postgresStarter: string;
  }
}

/** The database every copy is made from; nobody connects to it after it was migrated. */
const TEMPLATE = 'muster';

async function administer(statement: string): Promise<string> {
  const answer = await fetch(inject('postgresStarter'));
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The test PostgreSQL did not start: ${text}`);
  const url = new URL(text);
  url.pathname = '/postgres';
  const admin = openDatabase(url.href, { max: 1, onError: (error) => console.error(error) });
  try {
    await admin.query(statement);
  } finally {
    await admin.close();
  }
  return url.href;
}

export type TestDatabase = { url: string; db: Database; drop: () => Promise<void> };

/** A fresh, migrated database on the run's PostgreSQL. Drop it when done (`afterAll`). `empty` leaves out the schema. */
export async function createTestDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  const url = new URL(await administer(`create database ${name} template ${options.empty ? 'template0' : TEMPLATE}`));
  url.pathname = `/${name}`;
  // A test drops its database with connections still idle in its pool: their end is no news.
  const db = openDatabase(url.href, { max: 10, onError: () => undefined });
  return {
    url: url.href,
    db,
    async drop() {
      if (!db.pool.ended) await db.close();
      await administer(`drop database if exists ${name} with (force)`);
    },
  };
}
