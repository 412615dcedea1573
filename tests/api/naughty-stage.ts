/** A server, the strings of the Big List of Naughty Strings and a few worse ones, and what is kept of each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { z } from 'zod';
import { writeDocument } from '#server/sync/document-store.ts';
import { storableText } from '#shared/kernel/fold.ts';
import { startTestApp } from '#tests/support/app.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';

const file = join(import.meta.dirname, '..', 'data', 'blns', 'blns.json');
/** What PostgreSQL's texts and JSON cannot hold, and names that mean something to programs. */
const worse = ['a\u0000b', '\u0000', 'half \uD83D', '\uDE00 half', '__proto__', 'constructor', 'toString'];
export const strings = [...z.array(z.string()).parse(JSON.parse(readFileSync(file, 'utf8'))), ...worse];

/** The additional field L.NOTE, a text. */
export const NOTE = 'field:00000000-0000-4000-8000-000000000031';
export const SITE = '0190f000-0000-7000-8000-000000000031';

/** What is kept of a text: surrounding space is not, and neither is what PostgreSQL cannot hold. */
export const kept = (text: string): string | null => storableText(text).trim() || null;

/** What is said of each thing of a request that is not taken. */
export const failures = z.array(
  z.object({ index: z.int(), code: z.string().optional(), field: z.string().min(1), message: z.string().min(1) }),
);
const refusal = z.object({
  error: z.object({ code: z.enum(['invalid_input', 'duplicate_request']), message: z.string().min(1) }),
});

export type NaughtyStage = {
  database: TestDatabase;
  post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<{ status: number; json: unknown }>;
  /** Sends each body by itself, some at a time; answers the places of those that were refused, each with a stable code. */
  postEach: (path: string, bodies: readonly unknown[]) => Promise<Set<number>>;
  /** Everything that was acknowledged is worked, and nothing of it was put aside. */
  settled: () => Promise<void>;
  stop: () => Promise<void>;
};

export async function startNaughtyStage(): Promise<NaughtyStage> {
  const database = await createTestDatabase();
  const note = { listName: 'L', listKey: 'L', key: 'NOTE', label: 'Note', type: 'text', personal: true, position: 0 };
  const site = { name: 'Shop', domains: ['shop.test'], consent: 'none', ignoredAddresses: [], createdAt: 1, tags: [] };
  await database.db.tx((tx) => writeDocument(tx, 'contact-field', NOTE, note));
  await database.db.tx((tx) => writeDocument(tx, 'site', SITE, site));
  const app = await startTestApp({ env: { MUSTER_DATABASE_URL: database.url, MUSTER_API_RATE: '100000' } });
  const { key } = await app.ports.apiKeys.create(caller, { scope: 'full', name: '' });

  const post: NaughtyStage['post'] = async (path, body, headers = {}) => {
    const answer = await fetch(`${app.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`:${key}`)}`,
        'content-type': 'application/json',
        ...(headers['x-reteno-access-key'] === '' ? { ...headers, 'x-reteno-access-key': key } : headers),
      },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    const said = answer.status < 500 ? [] : app.logged.filter(({ level }) => Number(level) >= 50);
    expect(said).toEqual([]);
    return { status: answer.status, json: text === '' ? null : JSON.parse(text) };
  };
  return {
    database,
    post,
    async postEach(path, bodies) {
      const refused = new Set<number>();
      for (let from = 0; from < bodies.length; from += 20) {
        await Promise.all(
          bodies.slice(from, from + 20).map(async (body, at) => {
            const { status, json } = await post(path, body);
            if (status === 200) return;
            expect({ body, status, json }).toEqual({ body, status: 400, json });
            refusal.parse(json);
            refused.add(from + at);
          }),
        );
      }
      return refused;
    },
    async settled() {
      const waiting = async () => expect(await database.db.query('select kind, error from intake limit 1')).toEqual([]);
      await vi.waitFor(waiting, { timeout: 30_000, interval: 50 });
      expect(await database.db.query('select kind, error from intake_parked')).toEqual([]);
    },
    async stop() {
      await app.stop();
      await database.drop();
    },
  };
}
