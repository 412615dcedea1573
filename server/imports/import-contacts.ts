/**
 * Imports a file of contacts. The rows are staged, those of one person become one (the latest line with a value wins),
 * then written in batches; each batch is one transaction and repeating it changes nothing.
 */

import { isIdentified } from '#server/identity/write-contacts.ts';
import { customerKey } from '#server/orders/order-stage.ts';
import { CopyWriter } from '#server/storage/copy-rows.ts';
import { writableContactFields } from '#shared/contact/contact-fields.ts';
import { type ContactValues, normaliseContact } from '#shared/contact/normalise.ts';
import { fold, storableText } from '#shared/kernel/fold.ts';
import { err, type Result } from '#shared/kernel/result.ts';
import { csvLine, openCsvFile } from './csv-file.ts';
import { createContactStage, writeStagedContacts } from './import-contacts-stage.ts';
import { type ColumnMap, resolveMap } from './import-map.ts';
import type { ImportResult, ImportSession } from './import-run.ts';
import { idValue } from './order-line.ts';
import { type Scan, scanFile } from './scan-file.ts';

const columns = writableContactFields.map((field) => `"${field}"`);

/** The person of one record. A phone that cannot be read is left out when something else identifies the contact. */
function parseContact(
  cells: readonly string[],
  map: ColumnMap,
  scan: Scan,
  { region, onPhone }: { region: string | null; onPhone: () => void },
): Result<ContactValues, string> {
  const given: ContactValues = {};
  for (const [field, at] of map.contact) {
    const text = field === 'externalCustomerId' ? idValue(cells, at, scan) : storableText(cells[at] ?? '').trim();
    if (text !== '') given[field] = text;
  }
  let normalised = normaliseContact(given, region);
  if (!normalised.ok && normalised.error.field === 'phone' && (given.externalCustomerId || given.email)) {
    onPhone();
    normalised = normaliseContact({ ...given, phone: undefined }, region);
  }
  if (!normalised.ok) return err(`${normalised.error.message}: “${given[normalised.error.field]?.slice(0, 60)}”`);
  return isIdentified(normalised.value) ? normalised : err('the line has no External ID, email or phone');
}

export async function importContacts(session: ImportSession): Promise<ImportResult> {
  const { request, client, notices } = session;
  const file = await openCsvFile(request.path);
  const map = resolveMap('contacts', request.map, file.columns);
  const external = map.contact.get('externalCustomerId');
  const scan = await scanFile(file, {
    idColumns: external === undefined ? [] : [external],
    dateColumn: null,
    onLines: (_lines, bytes) =>
      request.onProgress({ state: 'reading', linesRead: 0, progress: (0.1 * bytes) / file.size }),
  });
  for (const [at, count] of scan.trailingZero)
    notices.add(`values of ${file.columns[at]} had a trailing “.0”, which was taken off`, count);
  for (const [at, count] of scan.keptZero)
    notices.add(`values of ${file.columns[at]} end in “.0” and were kept, because others in it are not numbers`, count);

  await client.query('drop table if exists pg_temp.import_line');
  await client.query(
    `create temp table import_line (line integer not null, key text collate "C" not null, email_fold text collate "C", ${columns.map((name) => `${name} text collate "C"`).join(', ')})`,
  );
  const copy = new CopyWriter(client, `import_line (line, key, email_fold, ${columns.join(', ')})`);
  const region = session.deps.config.defaultRegion;
  const onPhone = () => notices.add('contacts have a phone that cannot be read and was left out');
  let lines = 0;
  let rejected = 0;
  try {
    for await (const { line, cells } of file.records()) {
      lines += 1;
      if (lines % 10_000 === 0) {
        request.onProgress({
          state: 'reading',
          linesRead: lines,
          progress: 0.1 + (0.2 * lines) / Math.max(1, scan.lines),
        });
      }
      const parsed: Result<ContactValues, string> =
        cells.length === file.columns.length
          ? parseContact(cells, map, scan, { region, onPhone })
          : err(`the line has ${cells.length} columns, the header has ${file.columns.length}`);
      if (parsed.ok) {
        const values = parsed.value;
        const waiting = copy.write([
          line,
          keyOf(values),
          values.email ? fold(values.email) : null,
          ...writableContactFields.map((field) => values[field] ?? null),
        ]);
        if (waiting) await waiting;
      } else {
        rejected += 1;
        await request.onReject({ line, reason: parsed.error, raw: csvLine(cells) });
      }
    }
  } catch (error) {
    copy.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
  await copy.finish();

  request.onProgress({ state: 'applying', linesRead: lines, progress: 0.3 });
  const total = await groupPeople(session);
  const outcomes = await writeStagedContacts({
    noteIds: false,
    total,
    now: session.now,
    inTransaction: session.inTransaction,
    onProgress: (fraction) => {
      session.deps.wake.notify('dirty');
      request.onProgress({ state: 'applying', linesRead: lines, progress: 0.35 + 0.65 * fraction });
    },
    onIgnored: null,
    onRefused: (count) => notices.add('people were erased earlier and were left out', count),
  });
  const counts = { created: 0, updated: 0, unchanged: 0 };
  for (const outcome of outcomes.values()) counts[outcome] += 1;
  return { summary: { lines, orders: 0, contacts: outcomes.size, ...counts, rejected }, notices: notices.texts() };
}

function keyOf(values: ContactValues): string {
  if (values.externalCustomerId) return customerKey.externalCustomerId(values.externalCustomerId);
  return values.email ? customerKey.email(fold(values.email)) : customerKey.phone(values.phone ?? '');
}

/**
 * Makes one row per person. A line without External ID belongs to the only External ID its email (or phone) has in this
 * file, so that the outcome does not depend on the order of lines.
 */
async function groupPeople(session: ImportSession): Promise<number> {
  const { client } = session;
  await client.query('analyze import_line (key, email_fold, phone, "externalCustomerId")');
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
  await createContactStage(client);
  const latest = columns
    .map((name) => `(array_agg(${name} order by line desc) filter (where ${name} is not null))[1]`)
    .join(', ');
  const { rows } = await client.query<{ equal: boolean }>(
    'select count(*) = count(distinct key) as equal from import_line',
  );
  const { rowCount } = await client.query(
    rows[0]?.equal
      ? `insert into import_contact (seq, key, ${columns.join(', ')})
         select row_number() over (order by line), key, ${columns.join(', ')} from import_line`
      : `insert into import_contact (seq, key, ${columns.join(', ')})
         select row_number() over (order by min(line)), key, ${latest} from import_line group by key`,
  );
  await client.query('drop table import_line');
  await client.query('analyze import_contact (seq)');
  return rowCount ?? 0;
}
