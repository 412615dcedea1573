/**
 * How far an import got, in its own row, and what it made and changed, for an undo. Written in the transaction of each
 * batch: after a crash the next run passes over what is done, and no event, list or count comes twice.
 */
import type { Database } from '#server/storage/database.ts';
import { storableJson } from '#shared/kernel/storable-json.ts';
import { type ImportCounts, type ImportJournal, NOTHING_DONE } from './import-run.ts';

/** So long an import can be taken back; then the values it replaced are forgotten. */
export const UNDO_DAYS = 30;

export function createJournal(
  importId: string,
  stored: { doneTo: number; counts: Partial<ImportCounts> | null },
): ImportJournal {
  return {
    doneTo: stored.doneTo,
    counts: { ...NOTHING_DONE, ...stored.counts },
    async note(tx, { upTo, counts, created, changes }) {
      // Who gets on is not given up for having been stopped before.
      await tx.query('update import set done_to = $2, counts = $3, attempts = 1 where id = $1', [
        importId,
        upTo,
        JSON.stringify(counts),
      ]);
      if (created.length > 0) {
        await tx.query('insert into import_created (import_id, seq, contact_ids) values ($1, $2, $3)', [
          importId,
          upTo,
          created,
        ]);
      }
      if (changes.length === 0) return;
      // What an earlier batch changed already had its former values then.
      await tx.query(
        `insert into import_change (import_id, contact_id, before, after)
         select $1, contact_id, before::jsonb, after::jsonb from unnest($2::bigint[], $3::text[], $4::text[])
           as c (contact_id, before, after)
         on conflict (import_id, contact_id) do update
           set before = ${joined('excluded.before', 'import_change.before')},
               after = ${joined('import_change.after', 'excluded.after')}`,
        [
          importId,
          changes.map(({ contactId }) => contactId),
          changes.map(({ before }) => storableJson(before)),
          changes.map(({ after }) => storableJson(after)),
        ],
      );
    },
  };
}

/** SQL: two snapshots as one; what the second says counts. */
function joined(first: string, second: string): string {
  const part = (name: string, empty: string) =>
    `'${name}', coalesce(${first} -> '${name}', '${empty}') || coalesce(${second} -> '${name}', '${empty}')`;
  return `jsonb_build_object(${part('values', '{}')}, ${part('fields', '{}')}, ${part('memberships', '{}')}, ${part('identifiers', '[]')})`;
}

/** Forgets what nobody will take back any more. */
export async function forgetOldImports(db: Pick<Database, 'query'>, now: number): Promise<void> {
  const before = new Date(now - UNDO_DAYS * 86_400_000);
  for (const table of ['import_created', 'import_change']) {
    await db.query(
      `delete from ${table} t using import i where i.id = t.import_id and i.finished_at < $1 and i.state <> 'undoing'`,
      [before],
    );
  }
}
