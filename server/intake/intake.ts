/**
 * The intake log. Requests append rows; all that wait are written in one statement, and everybody is answered after its
 * commit. So one request a row still reaches thousands a second, and what was acknowledged is never lost.
 */
import type { Deps, Service } from '#server/service.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { storableText } from '#shared/kernel/fold.ts';
import type { IntakeRow } from './intake-row.ts';

export type Intake = Service & {
  /** Resolves after the rows are committed. All rows of one call share their fate. */
  append: (rows: readonly IntakeRow[]) => Promise<void>;
};

type Waiting = { rows: readonly IntakeRow[]; done: () => void; fail: (error: unknown) => void };

/** How long a first request waits for company. */
const GATHER_MS = 2;
const MAX_STATEMENT_ROWS = 5_000;
/** Above this many waiting rows callers are asked to come back later. */
const MAX_WAITING_ROWS = 50_000;
const FORGET_EVERY_MS = 3_600_000;

const APPEND = `
  with given as (
    select * from unnest($1::smallint[], $2::text[], $3::text[], $4::text[]) with ordinality as r (bucket, kind, payload, message_id, n)),
  fresh as (
    insert into message_seen (message_id) select message_id from given where message_id is not null order by message_id
    on conflict (message_id) do update set seen_at = excluded.seen_at where message_seen.seen_at < now() - interval '30 days'
    returning message_id)
  insert into intake (bucket, kind, payload)
  select bucket, kind, payload::jsonb from given
   where message_id is null or message_id in (select message_id from fresh) order by n`;

/** The first row of each message id: one statement may not meet the same id twice. */
function withoutRepeats(rows: readonly IntakeRow[]): IntakeRow[] {
  const seen = new Set<string>();
  return rows.filter(({ messageId }) => {
    if (messageId === null) return true;
    if (seen.has(messageId)) return false;
    seen.add(messageId);
    return true;
  });
}

/** Ids come from outside as they are; one that PostgreSQL cannot hold would fail everybody's rows of the statement. */
function withStorableId(row: IntakeRow): IntakeRow {
  const messageId = row.messageId && storableText(row.messageId);
  return messageId === row.messageId ? row : { ...row, messageId };
}

export function createIntake(deps: Pick<Deps, 'db' | 'log' | 'wake'>): Intake {
  const { db, log, wake } = deps;
  const waiting: Waiting[] = [];
  let waitingRows = 0;
  let flushing: Promise<void> | null = null;
  let stopped = false;
  let forgetting: NodeJS.Timeout | undefined;

  async function insert(all: readonly IntakeRow[]): Promise<void> {
    const rows = withoutRepeats(all.map(withStorableId));
    await db.pool.query({
      name: 'intake-append',
      text: APPEND,
      values: [
        rows.map(({ bucket }) => bucket),
        rows.map(({ kind }) => kind),
        rows.map(({ payload }) => payload),
        rows.map(({ messageId }) => messageId),
      ],
    });
  }

  /** Takes requests up to the size of a statement; one request is never divided. */
  function take(): Waiting[] {
    let rows = 0;
    let count = 0;
    for (const { rows: own } of waiting) {
      if (count > 0 && rows + own.length > MAX_STATEMENT_ROWS) break;
      rows += own.length;
      count += 1;
    }
    waitingRows -= rows;
    return waiting.splice(0, count);
  }

  async function write(group: readonly Waiting[]): Promise<void> {
    try {
      await insert(group.flatMap(({ rows }) => rows));
      for (const { done } of group) done();
    } catch (error) {
      const [only] = group;
      if (group.length === 1 && only) return only.fail(error);
      // One request must not fail the others that happened to share its statement.
      log.warn({ err: error, requests: group.length }, 'a group append failed; each request is tried alone');
      for (const one of group) await write([one]);
    }
  }

  async function flush(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    while (waiting.length > 0) {
      await write(take());
      wake.notify('intake');
    }
  }

  function schedule(): void {
    flushing ??= flush().finally(() => {
      flushing = null;
      if (waiting.length > 0) schedule();
    });
  }

  async function forget(): Promise<void> {
    await db.query(`delete from message_seen where seen_at < now() - interval '30 days'`);
  }

  return {
    name: 'intake',
    async start() {
      forgetting = setInterval(() => {
        forget().catch((error: unknown) =>
          log.error({ err: error }, 'old message ids could not be removed; tried again in an hour'),
        );
      }, FORGET_EVERY_MS);
      forgetting.unref();
    },
    async stop() {
      stopped = true;
      clearInterval(forgetting);
      await flushing;
    },
    append(rows) {
      if (rows.length === 0) return Promise.resolve();
      if (stopped) return Promise.reject(new UserError('not_ready', 'The server is stopping. Try again in a moment.'));
      if (waitingRows + rows.length > MAX_WAITING_ROWS) {
        return Promise.reject(new UserError('rate_limited', 'The server is busy. Try again in a few seconds.'));
      }
      waitingRows += rows.length;
      return new Promise((done, fail) => {
        waiting.push({ rows, done, fail });
        schedule();
      });
    },
  };
}
