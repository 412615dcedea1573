/** Rows of the log that could not be applied (see drain-bucket.ts), for people: seen, tried again, thrown away. */
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import { can } from '#shared/account/roles.ts';
import type { Caller, ProblemPort } from '#shared/api/ports.ts';
import {
  type DiscardedProblem,
  type IntakeProblem,
  type IntakeProblemReason,
  problemReason,
} from '#shared/event/intake-problem.ts';

const PAGE = 100;
const MOST_DISCARDED = 20;
/** Characters of what came that are shown. */
const EXCERPT = 4_000;
/** Rows that are tried again or thrown away in one transaction. */
const AT_ONCE = 1_000;

type ParkedRow = Omit<IntakeProblem, 'reason' | 'error'> & { error: string };

const ABOUT = `case kind when 'event' then payload ->> 'type' when 'order' then payload ->> 'externalOrderId' end`;
const MS = (column: string): string => `(extract(epoch from ${column}) * 1000)::bigint`;

export function createProblemPort({ db, now, wake, log }: Pick<Deps, 'db' | 'now' | 'wake' | 'log'>): ProblemPort {
  const count = async (): Promise<number> => {
    const [row] = await db.query<{ count: number }>('select count(*)::int as count from intake_parked');
    return row?.count ?? 0;
  };

  /** Batch by batch, so that no transaction is long. `ids` null: all that were there at the beginning. */
  async function inBatches(
    ids: readonly number[] | null,
    work: (tx: Tx, ids: readonly number[]) => Promise<number>,
  ): Promise<number> {
    const rows =
      ids ?? (await db.query<{ id: number }>('select id from intake_parked order by id')).map(({ id }) => id);
    let done = 0;
    for (let at = 0; at < rows.length; at += AT_ONCE) {
      done += await db.tx((tx) => work(tx, rows.slice(at, at + AT_ONCE)));
    }
    return done;
  }

  return {
    count,
    async list(caller, { before }) {
      const rows = await db.query<ParkedRow>(
        `select id, kind, ${ABOUT} as about, error, left(jsonb_pretty(payload), $3) as payload,
           ${MS('received_at')} as "receivedAt", ${MS('parked_at')} as "parkedAt"
         from intake_parked where $1::bigint is null or id < $1 order by id desc limit $2`,
        [before, PAGE, EXCERPT],
      );
      const discarded = await db.query<DiscardedProblem>(
        `select d.id, d.kind, d.about, d.reason, ${MS('d.received_at')} as "receivedAt", ${MS('d.discarded_at')} as at,
           u.name as by
         from intake_discarded d left join "user" u on u.id = d.discarded_by order by d.discarded_at desc, d.id desc limit $1`,
        [MOST_DISCARDED],
      );
      return { total: await count(), items: rows.map((row) => shownTo(caller, row)), discarded };
    },
    async retry(_caller, { ids }) {
      const retried = await inBatches(ids, async (tx, some) => {
        const { rows } = await tx.query(
          `with taken as (delete from intake_parked where id = any($1::bigint[]) returning *)
           insert into intake (bucket, kind, payload, received_at)
           select bucket, kind, payload, received_at from taken order by id returning id`,
          [some],
        );
        return rows.length;
      });
      wake.notify('intake');
      return { retried };
    },
    async discard(caller, { ids }) {
      const discarded = await inBatches(ids, (tx, some) => discardRows(tx, some, { at: now(), by: caller.userId }));
      log.warn({ rows: discarded, by: caller.userId }, 'parked intake rows were thrown away by a person');
      return { discarded };
    },
  };
}

/** The error quotes what was sent, so it is as personal as that. */
function shownTo(caller: Caller, { error, payload, ...row }: ParkedRow): IntakeProblem {
  const reason = problemReason(error);
  const mayRead = can(caller.role, 'readPersonal');
  return { ...row, reason, error: mayRead ? error : null, payload: mayRead ? payload : null };
}

async function discardRows(tx: Tx, ids: readonly number[], { at, by }: { at: number; by: string }): Promise<number> {
  const { rows } = await tx.query<{ id: number; error: string }>(
    'select id, error from intake_parked where id = any($1::bigint[]) order by id for update',
    [ids],
  );
  const reasons: IntakeProblemReason[] = rows.map(({ error }) => problemReason(error));
  await tx.query(
    `with gone as (delete from intake_parked p using unnest($1::bigint[], $2::text[]) as r (id, reason)
                    where p.id = r.id returning p.*, r.reason)
     insert into intake_discarded (id, kind, about, reason, received_at, parked_at, discarded_at, discarded_by)
     select id, kind, left(${ABOUT}, 200), reason, received_at, parked_at, $3, $4 from gone`,
    [rows.map(({ id }) => id), reasons, new Date(at), by],
  );
  return rows.length;
}
