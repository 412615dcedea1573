/**
 * Imports a file of contacts. The rows are staged, those of one person become one (the latest line with a value wins),
 * then written in batches. Each batch is one transaction that also notes how far the import got (import-journal.ts).
 */
import { readFieldSpecs } from '#server/contacts/field-specs.ts';
import { CopyWriter } from '#server/storage/copy-rows.ts';
import { type ImportOptions, importOptions } from '#shared/api/import.schema.ts';
import { writableContactFields } from '#shared/contact/contact-fields.ts';
import { type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import { isConsentTarget } from '#shared/import/import-targets.ts';
import { must } from '#shared/kernel/assert.ts';
import { fold } from '#shared/kernel/fold.ts';
import { createBatchWork } from './batch-work.ts';
import { type CsvFile, csvLine, openCsvFile } from './csv-file.ts';
import { writeStagedContacts } from './import-contacts-stage.ts';
import { type ColumnMap, resolveMap } from './import-map.ts';
import { type ImportResult, type ImportSession, NOTHING_DONE } from './import-run.ts';
import { groupPeople, LINE_COLUMNS, makeLineStage } from './people-stage.ts';
import { findKeyHolders, personKey } from './person-key.ts';
import { personParser } from './person-parser.ts';
import { mayEndInZero, NOTHING_TO_TELL, type Scan, scanFile } from './scan-file.ts';

/** Columns whose dates need an order, when the format does not say which. */
function dateColumns(map: ColumnMap, fields: FieldSpecs): number[] {
  return [...map.extra].flatMap(([target, at]) => {
    const type = isFieldId(target) ? fields.get(target)?.type : null;
    return type === 'date' || type === 'dateTime' || (isConsentTarget(target) && target !== 'emailStatus') ? [at] : [];
  });
}

export async function importContacts(session: ImportSession): Promise<ImportResult> {
  const { request, client, notices } = session;
  const file = await openCsvFile(request.path, request.format ?? {});
  const map = resolveMap('contacts', request.map, file.columns);
  const options = request.options ?? importOptions.parse({});
  const fields = await readFieldSpecs(session.deps.db);
  const external = map.contact.get('externalCustomerId');
  const dates = file.format.dateOrder === null ? dateColumns(map, fields) : [];
  const isTelling = dates.length > 0 || (external !== undefined && (await mayEndInZero(file)));
  const scan = isTelling
    ? await scanFile(file, {
        idColumns: external === undefined ? [] : [external],
        dateColumns: dates,
        onLines: (_lines, bytes) =>
          request.onProgress({ state: 'reading', linesRead: 0, progress: (0.1 * bytes) / file.size }),
      })
    : NOTHING_TO_TELL;
  for (const [at, count] of scan.trailingZero)
    notices.add(`values of ${file.columns[at]} had a trailing “.0”, which was taken off`, count);
  for (const [at, count] of scan.keptZero)
    notices.add(`values of ${file.columns[at]} end in “.0” and were kept, because others in it are not numbers`, count);

  await makeLineStage(client);
  const { lines, rejected } = await stagePeople(session, { file, map, scan, fields, options });
  request.onProgress({ state: 'applying', linesRead: lines, progress: 0.3 });
  const { people, suppressed } = await groupPeople(client, options.dedupe === 'auto');
  await findKeyHolders(client, options.dedupe);
  const counts = { ...(request.journal?.counts ?? NOTHING_DONE) };
  const outcomes = await writeStagedContacts({
    noteIds: false,
    total: people,
    now: session.now,
    dry: request.dry ?? false,
    work: createBatchWork(session, options, counts, options.lists),
    inTransaction: session.inTransaction,
    onProgress: (fraction) => {
      session.deps.wake.notify('dirty');
      request.onProgress({ state: 'applying', linesRead: lines, progress: 0.35 + 0.65 * fraction });
    },
    onIgnored: null,
    onRefused: (count) => notices.add('people were erased earlier and were left out', count),
  });
  // Where nothing was kept from an earlier run, a contact of two batches is one.
  if (!request.journal || request.journal.doneTo === 0) {
    Object.assign(counts, { contacts: outcomes.size, created: 0, updated: 0, unchanged: 0 });
    for (const outcome of outcomes.values()) counts[outcome] += 1;
  }
  return {
    summary: {
      ...counts,
      lines,
      orders: 0,
      rejected,
      duplicates: lines - rejected - people,
      suppressed,
      workflows: 0,
      notices: [],
    },
    notices: notices.texts(),
  };
}

type Source = { file: CsvFile; map: ColumnMap; scan: Omit<Scan, 'lines'>; fields: FieldSpecs; options: ImportOptions };

/** Copies every readable line into the session's table. */
async function stagePeople(session: ImportSession, source: Source): Promise<{ lines: number; rejected: number }> {
  const { request, notices } = session;
  const { file, scan, options } = source;
  const parse = personParser({
    ...source,
    style: { decimal: file.format.decimal, dateOrder: file.format.dateOrder ?? scan.dateOrder, zone: session.zone },
    region: request.region === undefined ? session.deps.config.defaultRegion : request.region,
    width: file.columns.length,
    isSheet: file.format.sheet !== null,
  });
  const copy = new CopyWriter(session.client, `import_line (${LINE_COLUMNS})`);
  let lines = 0;
  let bytes = 0;
  let rejected = 0;
  try {
    for await (const { line, cells } of file.records((read) => (bytes = read))) {
      lines += 1;
      if (lines % 10_000 === 0) {
        request.onProgress({
          state: 'reading',
          linesRead: lines,
          progress: 0.1 + (0.2 * bytes) / file.size,
        });
      }
      const { person, problems, rejected: reason } = parse(cells);
      if (reason !== null) {
        rejected += 1;
        await request.onReject({ line, reason, raw: csvLine(cells, file.format.delimiter) });
        continue;
      }
      for (const { target } of problems) {
        notices.add(`contacts have a ${labelOf(target, source.fields)} that cannot be read and was left out`);
      }
      const { values, extra } = person;
      const waiting = copy.write([
        line,
        must(personKey(options.dedupe, person), 'a line that is not rejected has a key'),
        values.email ? fold(values.email) : null,
        extra === null ? null : JSON.stringify(extra),
        ...writableContactFields.map((field) => values[field] ?? null),
      ]);
      if (waiting) await waiting;
    }
  } catch (error) {
    copy.abort(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
  await copy.finish();
  return { lines, rejected };
}

const labelOf = (target: string, fields: FieldSpecs): string =>
  (isFieldId(target) ? fields.get(target)?.label : undefined) ?? target;
