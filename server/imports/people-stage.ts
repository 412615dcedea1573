/** Lines of a contacts file in a temporary table, and the people they are of. */
import type { Tx } from '#server/storage/database.ts';
import { writableContactFields } from '#shared/contact/contact-fields.ts';
import { createContactStage } from './import-contacts-stage.ts';

const columns = writableContactFields.map((field) => `"${field}"`);
/** Columns of import_line in the order in which a line is copied. */
export const LINE_COLUMNS = ['line', 'key', 'email_fold', 'extra', ...columns].join(', ');

export async function makeLineStage(tx: Tx): Promise<void> {
  await tx.query('drop table if exists pg_temp.import_line');
  await tx.query(
    `create temp table import_line (line integer not null, key text collate "C" not null, email_fold text collate "C",
       extra text, ${columns.map((name) => `${name} text collate "C"`).join(', ')})`,
  );
}

/**
 * Makes one row per person in import_contact, the same in every run. With `byAll` a line without External ID belongs to the
 * only External ID its email (or phone) has in this file, so that the outcome does not depend on the order of lines.
 * Answers how many people there are, and how many of them get no mail already.
 */
export async function groupPeople(client: Tx, byAll: boolean): Promise<{ people: number; suppressed: number }> {
  await client.query('analyze import_line (key, email_fold, phone, "externalCustomerId")');
  if (byAll) await joinByExternalId(client);
  await createContactStage(client);
  const latest = columns
    .map((name) => `(array_agg(${name} order by line desc) filter (where ${name} is not null))[1]`)
    .join(', ');
  const { rows } = await client.query<{ equal: boolean; suppressed: number }>(
    `select count(*) = count(distinct key) as equal, (
       select count(distinct l.key)::int from import_line l
         join suppression s on s.channel = 'email' and s.address = l.email_fold) as suppressed
     from import_line`,
  );
  const { rowCount } = await client.query(
    rows[0]?.equal
      ? `insert into import_contact (seq, key, extra, ${columns.join(', ')})
         select row_number() over (order by line), key, case when extra is not null then array[extra] end, ${columns.join(', ')}
           from import_line`
      : `insert into import_contact (seq, key, extra, ${columns.join(', ')})
         select row_number() over (order by min(line)), key, array_agg(extra order by line) filter (where extra is not null), ${latest}
           from import_line group by key`,
  );
  await client.query('drop table import_line');
  await client.query('analyze import_contact (seq)');
  return { people: rowCount ?? 0, suppressed: rows[0]?.suppressed ?? 0 };
}

async function joinByExternalId(client: Tx): Promise<void> {
  for (const [field, kind] of [
    ['email_fold', '2:'],
    ['phone', '3:'],
  ] as const) {
    await client.query(
      `update import_line l set key = '1:' || o.owner
         from (select ${field} as value, min("externalCustomerId") as owner from import_line
                where ${field} is not null and "externalCustomerId" is not null
                group by 1 having count(distinct "externalCustomerId") = 1) o
        where left(l.key, 2) = $1 and substr(l.key, 3) = o.value`,
      [kind],
    );
  }
}
