/**
 * Imports a file of order lines. Phases: scan (what only the whole file can tell), stage (every line checked and
 * copied), group (orders over the whole file), people, orders in slices. Each slice is one transaction and repeating it
 * changes nothing, so an import that died is simply run again.
 */
import { type AppliedOrders, applyOrders } from '#server/orders/apply-orders.ts';
import {
  createOrderStage,
  groupOrders,
  removeContradictions,
  stagedLineCells,
  stagedLineColumns,
} from '#server/orders/order-stage.ts';
import { CopyWriter } from '#server/storage/copy-rows.ts';
import type { Tx } from '#server/storage/database.ts';
import { importSummary } from '#shared/api/import.schema.ts';
import { type WritableContactField, writableContactFields } from '#shared/contact/contact-fields.ts';
import { type CsvFile, csvLine, openCsvFile } from './csv-file.ts';
import { createContactStage, writeStagedContacts } from './import-contacts-stage.ts';
import { resolveMap } from './import-map.ts';
import type { ImportResult, ImportSession } from './import-run.ts';
import { orderLineParser } from './order-line.ts';
import { scanFile } from './scan-file.ts';

/** Orders per transaction: short locks, bounded memory. */
const SLICE = 5000;

const quoted = (fields: readonly WritableContactField[]): string[] => fields.map((field) => `"c_${field}"`);

export async function importOrders(session: ImportSession): Promise<ImportResult> {
  const { request, client, notices } = session;
  const file = await openCsvFile(request.path, request.format ?? {});
  const map = resolveMap('orders', request.map, file.columns);
  const fields = writableContactFields.filter((field) => map.contact.has(field));
  const scan = await scanFile(file, {
    idColumns: ['externalCustomerId', 'externalOrderId', 'externalItemId'].flatMap(
      (field) => map.fields.get(field) ?? [],
    ),
    dateColumns: [map.fields.get('date') ?? []].flat(),
    onLines: (_lines, bytes) =>
      request.onProgress({ state: 'reading', linesRead: 0, progress: (0.15 * bytes) / file.size }),
  });
  for (const [at, count] of scan.trailingZero)
    notices.add(`values of ${file.columns[at]} had a trailing “.0”, which was taken off`, count);
  for (const [at, count] of scan.keptZero)
    notices.add(`values of ${file.columns[at]} end in “.0” and were kept, because others in it are not numbers`, count);

  await createOrderStage(client, quoted(fields));
  const staged = await stageLines(session, file, map, scan, fields);
  let rejected = staged.rejected;
  const contradictions = await removeContradictions(client);
  rejected += contradictions.length;
  await rejectLines(session, file, new Map(contradictions.map(({ line, reason }) => [line, reason])));

  request.onProgress({ state: 'applying', linesRead: scan.lines, progress: 0.5 });
  const orders = await groupOrders(client, { currency: session.currency, status: 'DELIVERED' });
  const peopleStaged = await stagePeople(session, fields);
  const people = await writeStagedContacts({
    noteIds: !request.dry,
    total: peopleStaged,
    now: session.now,
    dry: request.dry ?? false,
    inTransaction: session.inTransaction,
    onProgress: (fraction) =>
      request.onProgress({ state: 'applying', linesRead: scan.lines, progress: 0.6 + 0.1 * fraction }),
    onIgnored: (field) => notices.add(`customers have a ${field} that cannot be read and was left out`),
    onRefused: (count) => notices.add('customers were erased earlier; their orders are those of nobody known', count),
  });
  if (!request.dry)
    await client.query(
      'update order_stage s set contact_id = c.contact_id from import_contact c where c.key = s.customer',
    );

  const total = request.dry ? await countOrders(client) : await applyAll(session, orders, scan.lines);
  return {
    summary: importSummary.parse({ lines: scan.lines, orders, contacts: people.size, ...total, rejected }),
    notices: notices.texts(),
  };
}

/** What applying the staged orders would come to. Whom a new customer makes theirs is only known once they are stored. */
async function countOrders(client: Tx): Promise<AppliedOrders> {
  const { rows } = await client.query<AppliedOrders>(
    `select count(*) filter (where r.external_order_id is null)::int as created,
       count(*) filter (where r.external_order_id is not null and o.digest is distinct from s.digest)::int as updated,
       count(*) filter (where o.digest = s.digest)::int as unchanged
     from order_stage s
     left join order_registry r on r.external_order_id = s.external_order_id
     left join orders o on o.contact_id = r.contact_id and o.row_id = r.row_id`,
  );
  return rows[0] ?? { created: 0, updated: 0, unchanged: 0 };
}

async function applyAll(session: ImportSession, orders: number, lines: number): Promise<AppliedOrders> {
  const total: AppliedOrders = { created: 0, updated: 0, unchanged: 0 };
  for (let from = 1; from <= orders; from += SLICE) {
    const applied = await session.inTransaction((tx) =>
      applyOrders(tx, { from, to: from + SLICE - 1, source: 'Import', now: session.now }),
    );
    total.created += applied.created;
    total.updated += applied.updated;
    total.unchanged += applied.unchanged;
    session.deps.wake.notify('dirty');
    session.request.onProgress({
      state: 'applying',
      linesRead: lines,
      progress: 0.7 + (0.3 * Math.min(orders, from + SLICE)) / Math.max(1, orders),
    });
  }
  return total;
}

async function stageLines(
  session: ImportSession,
  file: CsvFile,
  map: ReturnType<typeof resolveMap>,
  scan: Awaited<ReturnType<typeof scanFile>>,
  fields: readonly WritableContactField[],
): Promise<{ rejected: number }> {
  const { request, notices } = session;
  const parse = orderLineParser({
    map,
    scan: { ...scan, dateOrder: file.format.dateOrder ?? scan.dateOrder },
    zone: session.zone,
    region: request.region === undefined ? session.deps.config.defaultRegion : request.region,
    width: file.columns.length,
    isSheet: file.format.sheet !== null,
    decimalComma: file.format.decimal === 'comma',
    contactFields: fields,
    onNotice: (kind) => notices.add(`lines ${kind}`),
  });
  const copy = new CopyWriter(
    session.client,
    `order_stage_line (${[stagedLineColumns, ...quoted(fields)].join(', ')})`,
  );
  let lines = 0;
  let rejected = 0;
  let lastAt = Number.NaN;
  let lastText = '';
  try {
    for await (const record of file.records()) {
      lines += 1;
      const parsed = parse(record);
      if (parsed.ok) {
        const { staged, contact } = parsed.value;
        // Consecutive lines mostly share their date.
        if (staged.at !== lastAt) {
          lastAt = staged.at;
          lastText = new Date(staged.at).toISOString();
        }
        const waiting = copy.write(stagedLineCells(staged, lastText).concat(contact));
        if (waiting) await waiting;
      } else {
        rejected += 1;
        await request.onReject({
          line: record.line,
          reason: parsed.error,
          raw: csvLine(record.cells, file.format.delimiter),
        });
      }
      if (lines % 10_000 === 0) {
        request.onProgress({
          state: 'reading',
          linesRead: lines,
          progress: 0.15 + (0.35 * lines) / Math.max(1, scan.lines),
        });
      }
    }
  } catch (error) {
    copy.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
  await copy.finish();
  return { rejected };
}

/** Reads the file once more for the text of lines that turned out wrong only when all were known. Rare. */
async function rejectLines(session: ImportSession, file: CsvFile, reasons: ReadonlyMap<number, string>): Promise<void> {
  if (reasons.size === 0) return;
  for await (const { line, cells } of file.records()) {
    const reason = reasons.get(line);
    if (reason !== undefined)
      await session.request.onReject({ line, reason, raw: csvLine(cells, file.format.delimiter) });
  }
}

/** One row per customer: of each field the value of the latest line that has one. */
async function stagePeople(session: ImportSession, fields: readonly WritableContactField[]): Promise<number> {
  await createContactStage(session.client);
  const latest = fields
    .map(
      (field) =>
        `, (array_agg("c_${field}" order by l.at desc, l.line desc) filter (where "c_${field}" is not null))[1] as "${field}"`,
    )
    .join('');
  const columns = fields.map((field) => `, p."${field}"`).join('');
  const { rowCount } = await session.client.query(
    `insert into import_contact (seq, key, "externalCustomerId"${fields.map((field) => `, "${field}"`).join('')})
     select row_number() over (order by p.line), p.customer, case when left(p.customer, 2) = '1:' then substr(p.customer, 3) end ${columns}
       from (select s.customer, min(l.line) as line ${latest}
               from order_stage s join order_stage_line l using (external_order_id)
              where s.customer is not null group by s.customer) p`,
  );
  await session.client.query('analyze import_contact (seq, key)');
  return rowCount ?? 0;
}
