import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { ADMIN } from '#tests/support/server.ts';

/** What people and shops do with a server, over HTTP alone. */
export type ShopClient = {
  call(procedure: string, input: unknown): Promise<unknown>;
  query(procedure: string): Promise<unknown>;
  push(documents: readonly Pick<Envelope, 'id' | 'kind' | 'body'>[]): Promise<void>;
  /** Sends a file for an import; answers what it looks like. */
  upload(text: string, name: string): Promise<unknown>;
};

const answer = z.object({ result: z.object({ data: z.unknown().optional() }) });

async function read(response: Response, what: string): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${what} answered ${response.status}: ${text}`);
  return answer.parse(JSON.parse(text)).result.data;
}

export async function signIn(url: string): Promise<ShopClient> {
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(ADMIN),
  });
  const token = response.headers.get('set-auth-token');
  if (!response.ok || token === null)
    throw new Error(`signing in answered ${response.status}: ${await response.text()}`);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const query = async (procedure: string): Promise<unknown> =>
    read(await fetch(`${url}/trpc/${procedure}`, { headers }), procedure);
  const call = async (procedure: string, input: unknown): Promise<unknown> =>
    read(await fetch(`${url}/trpc/${procedure}`, { method: 'POST', headers, body: JSON.stringify(input) }), procedure);
  return {
    call,
    query,
    async upload(text, name) {
      const headers = { 'content-type': 'text/csv', authorization: `Bearer ${token}` };
      const answered = await fetch(`${url}/imports/upload?name=${name}`, { method: 'POST', headers, body: text });
      if (!answered.ok) throw new Error(`the upload answered ${answered.status}: ${await answered.text()}`);
      return answered.json();
    },
    async push(documents) {
      const { epoch } = z
        .object({ epoch: z.string() })
        .parse(await call('sync.pull', { epoch: null, after: 0, limit: 1 }));
      const rows = documents.map((document) => ({
        assumed: null,
        next: { ...document, schemaVersion: 1, rev: 0, deleted: false },
      }));
      const result = z
        .object({ conflicts: z.array(z.unknown()), refusals: z.array(z.unknown()) })
        .parse(await call('sync.push', { epoch, rows }));
      if (result.conflicts.length + result.refusals.length > 0) throw new Error(`not taken: ${JSON.stringify(result)}`);
    },
  };
}

export type EventPump = {
  /** Numbers of the events whose batch was acknowledged. */
  acknowledged: Set<number>;
  /** How many batches got no answer and were sent again. */
  repeated: number;
  /** Waits until everything that was begun has its answer. */
  stop: () => Promise<void>;
  /** Stops without waiting for answers. */
  abandon: () => void;
};

const BATCH = 10;

/**
 * A shop that sends events without pause, in Segment batches. A batch without an answer is sent again, unchanged, until
 * it has one: an event that arrives twice must count once.
 */
export function pumpEvents(url: string, key: string, writers: number): EventPump {
  const pump: EventPump = {
    acknowledged: new Set(),
    repeated: 0,
    stop: async () => undefined,
    abandon: () => undefined,
  };
  let next = 0;
  let stopped = false;
  let abandoned = false;
  const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`;

  async function post(body: string): Promise<boolean> {
    try {
      const response = await fetch(`${url}/v1/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body,
      });
      await response.text();
      if (response.status >= 400 && response.status < 500) throw new Error(`/v1/batch refused: ${response.status}`);
      return response.ok;
    } catch (error) {
      // The server was killed: fetch fails with a TypeError.
      if (error instanceof TypeError) return false;
      throw error;
    }
  }

  async function write(): Promise<void> {
    while (!stopped) {
      const numbers = Array.from({ length: BATCH }, () => next++);
      const body = JSON.stringify({
        batch: numbers.map((n) => ({
          type: 'track',
          event: 'Kill test',
          messageId: `kill-${n}`,
          userId: `shopper-${n % 97}`,
          timestamp: new Date().toISOString(),
          properties: { n },
        })),
      });
      while (!(await post(body))) {
        pump.repeated++;
        await sleep(100);
        if (abandoned) return;
      }
      for (const n of numbers) pump.acknowledged.add(n);
      await sleep(30);
    }
  }

  const running = Array.from({ length: writers }, write);
  pump.stop = async () => {
    stopped = true;
    await Promise.all(running);
  };
  pump.abandon = () => {
    stopped = true;
    abandoned = true;
  };
  return pump;
}
