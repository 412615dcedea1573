/** The first rows of a file as they would be stored, with what cannot be read of each cell. */
import { readFieldSpecs } from '#server/contacts/field-specs.ts';
import type { Deps } from '#server/service.ts';
import type { ImportKind, ImportOptions, PreviewRow } from '#shared/api/import.schema.ts';

import { type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import { textOfStored } from '#shared/contact/field-value.ts';
import { isContactTarget, targetOf } from '#shared/import/import-targets.ts';
import type { CsvFile, CsvRecord } from './csv-file.ts';
import { type ColumnMap, resolveMap } from './import-map.ts';
import { orderLineParser } from './order-line.ts';
import { type ParsedRow, personParser } from './person-parser.ts';

const ROWS = 50;

type Plan = { kind: ImportKind; map: Readonly<Record<string, string>>; options: ImportOptions };

export async function previewImport(
  deps: Pick<Deps, 'db' | 'config'>,
  file: CsvFile,
  plan: Plan,
): Promise<PreviewRow[]> {
  const map = resolveMap(plan.kind, plan.map, file.columns);
  const [workspace] = await deps.db.query<{ zone: string }>('select time_zone as zone from workspace where id = 1');
  const zone = workspace?.zone ?? 'UTC';
  const read =
    plan.kind === 'contacts'
      ? contactReader(deps, file, map, plan, zone, await readFieldSpecs(deps.db))
      : orderReader(deps, file, map, plan, zone);
  const rows: PreviewRow[] = [];
  for await (const record of file.records()) {
    rows.push(read(record));
    if (rows.length >= ROWS) break;
  }
  return rows;
}

const nothingScanned = { lines: 0, trailingZero: new Map(), keptZero: new Map() };

function contactReader(
  deps: Pick<Deps, 'config'>,
  { columns, format }: CsvFile,
  map: ColumnMap,
  plan: Plan,
  zone: string,
  fields: FieldSpecs,
): (record: CsvRecord) => PreviewRow {
  const parse = personParser({
    map,
    scan: nothingScanned,
    style: { decimal: format.decimal, dateOrder: format.dateOrder, zone },
    region: deps.config.defaultRegion,
    fields,
    options: plan.options,
    width: columns.length,
    isSheet: format.sheet !== null,
  });
  return ({ line, cells }) => {
    const row = parse(cells);
    const values: Record<string, string> = {};
    for (const [target, at] of [...map.contact, ...map.extra]) {
      const text = shownValue(target, row, fields) ?? cells[at]?.trim() ?? '';
      if (text !== '') values[target] = text;
    }
    return {
      line,
      values,
      problems: Object.fromEntries(row.problems.map(({ target, message }) => [target, message])),
      rejected: row.rejected,
    };
  };
}

const states = {
  granted: 'subscribed',
  withdrawn: 'unsubscribed',
  bounced: 'bounced',
  complained: 'complained',
} as const;

/** The value as it would be stored; null: as it stands in the file. */
function shownValue(key: string, { person, problems }: ParsedRow, fields: FieldSpecs): string | null {
  if (problems.some(({ target }) => target === key)) return null;
  const target = targetOf(key);
  const { values, extra } = person;
  if (isFieldId(target)) {
    const type = fields.get(target)?.type;
    return type ? (textOfStored(type, extra?.fields?.[target] ?? null) ?? '') : '';
  }
  if (target === 'emailStatus' || target === 'unsubscribed' || target === 'bounced' || target === 'complained') {
    return extra?.said ? states[extra.said.act] : '';
  }
  const said = extra?.categories?.[target];
  if (said !== undefined) return said ? 'subscribed' : 'unsubscribed';
  return isContactTarget(target) ? (values[target] ?? null) : null;
}

function orderReader(
  deps: Pick<Deps, 'config'>,
  { columns, format }: CsvFile,
  map: ColumnMap,
  plan: Plan,
  zone: string,
): (record: CsvRecord) => PreviewRow {
  const parse = orderLineParser({
    map,
    scan: { ...nothingScanned, dateOrder: format.dateOrder },
    zone,
    region: deps.config.defaultRegion,
    width: columns.length,
    isSheet: format.sheet !== null,
    decimalComma: format.decimal === 'comma',
    contactFields: [...map.contact.keys()],
    onNotice: () => undefined,
  });
  return (record) => {
    const parsed = parse(record);
    const values = Object.entries(plan.map).map(([target, column]) => [
      target,
      record.cells[columns.indexOf(column)]?.trim() ?? '',
    ]);
    return {
      line: record.line,
      values: Object.fromEntries(values),
      problems: {},
      rejected: parsed.ok ? null : parsed.error,
    };
  };
}
