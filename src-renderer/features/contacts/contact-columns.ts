import type { ContactRow, SortKey } from '#renderer/data/data-api.ts';
import { fieldSpecsNow, fieldValueWords } from '#renderer/parts/field-store.ts';
import { type Format, sentenceCase } from '#renderer/ui/format.ts';
import { contactFieldKeys, contactFields, contactMeasures, type FieldType } from '#shared/contact/contact-fields.ts';
import { type FieldSpec, type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';

export type GridColumn = {
  id: SortKey;
  label: string;
  type: FieldType;
  width: number;
  /** Shown until somebody chooses otherwise. */
  shown: boolean;
  /** Of an additional field. */
  field?: FieldSpec;
};

const widths: Partial<Record<SortKey, number>> = {
  externalCustomerId: 104,
  email: 232,
  firstName: 104,
  lastName: 112,
  country: 120,
  orderCount: 76,
  revenue: 104,
  lastOrderAt: 104,
  emailStatus: 100,
  createdAt: 104,
  address: 220,
  languageCode: 90,
  postcode: 100,
};
const shown = new Set<SortKey>([
  'email',
  'firstName',
  'lastName',
  'externalCustomerId',
  'country',
  'emailStatus',
  'orderCount',
  'revenue',
  'lastOrderAt',
]);

const measureKeys = ['orderCount', 'revenue', 'lastOrderAt'] as const;
const order: SortKey[] = [
  'externalCustomerId',
  'email',
  'firstName',
  'lastName',
  'country',
  ...measureKeys,
  'emailStatus',
  'createdAt',
];

/** Every column the grid can show, in the order it starts with. */
export const gridColumns: readonly GridColumn[] = [
  ...order,
  ...contactFieldKeys.filter((key) => !order.includes(key)),
].flatMap((id) => {
  if (id === 'id' || isFieldId(id)) return [];
  const spec = isMeasureKey(id) ? contactMeasures[id] : contactFields[id];
  return [{ id, label: spec.label, type: spec.type, width: widths[id] ?? 130, shown: shown.has(id) }];
});

/** In place of names where they are not shown: whom a row is about. */
const numberColumn: GridColumn = { id: 'id', label: 'Contact', type: 'text', width: 140, shown: true };

const withoutPersonal: readonly GridColumn[] = [
  numberColumn,
  ...gridColumns.filter(({ id }) => !(isFieldKey(id) && contactFields[id].personal)),
];

/** The columns for somebody who sees personal values, or who does not; with those of the fields that they see. */
export const columnsFor = (personal: boolean, specs: FieldSpecs = new Map()): readonly GridColumn[] => [
  ...(personal ? gridColumns : withoutPersonal),
  ...[...specs.values()].map(fieldColumn),
];

/** Types as far as a grid cares: which edge, and what comes first. */
const typeOfField = ({ type }: FieldSpec): FieldType => {
  if (type === 'integer' || type === 'decimal') return 'integer';
  return type === 'date' || type === 'dateTime' ? 'instant' : 'text';
};

const fieldColumns = new WeakMap<FieldSpec, GridColumn>();

function fieldColumn(field: FieldSpec): GridColumn {
  const known = fieldColumns.get(field);
  if (known) return known;
  const column = { id: field.id, label: field.label, type: typeOfField(field), width: 130, shown: false, field };
  fieldColumns.set(field, column);
  return column;
}

function isFieldKey(id: SortKey): id is keyof typeof contactFields {
  return Object.hasOwn(contactFields, id);
}

function isMeasureKey(id: SortKey): id is keyof typeof contactMeasures {
  return Object.hasOwn(contactMeasures, id);
}

const byId = new Map<string, GridColumn>([numberColumn, ...gridColumns].map((column) => [column.id, column]));

/** The column of an id kept in a layout; null for one of another version, or of a field that was deleted. */
export function gridColumn(id: string): GridColumn | null {
  const field = isFieldId(id) ? fieldSpecsNow().get(id) : undefined;
  return field ? fieldColumn(field) : (byId.get(id) ?? null);
}

/** What a row says in a column. */
export const cellOf = (row: ContactRow, id: SortKey): string | number | null =>
  isFieldId(id) ? (row.fields[id] ?? null) : row[id];

/** Numbers read right to left, so they end at the same edge. */
export const isRightAligned = (type: FieldType): boolean => type === 'integer' || type === 'money';

/** Biggest, newest first; words from A. */
export const startsDescending = (type: FieldType): boolean =>
  type === 'integer' || type === 'money' || type === 'instant';

/** What a cell shows; nothing for an empty one. */
export function cellText(row: ContactRow, column: GridColumn, format: Format): string {
  if (column.id === 'id') return `Contact ${row.id}`;
  const value = cellOf(row, column.id);
  if (value === null || value === undefined || value === '') return '';
  // As with orders: a column of zeros says nothing.
  if (column.field?.computed && value === 0) return '';
  if (column.field) return fieldValueWords(column.field, value, format);
  if (column.type === 'instant') return format.date(Number(value));
  if (column.type === 'money') return row.orderCount === 0 && Number(value) === 0 ? '' : format.money(Number(value));
  if (column.type === 'integer') return Number(value) === 0 ? '' : format.count(Number(value));
  if (column.id === 'emailStatus') return value === 'none' ? '' : sentenceCase(String(value));
  return String(value);
}

/** The longer text of a cell's tooltip; null when the cell says it all. */
export function cellTitle(row: ContactRow, column: GridColumn, format: Format, now: number): string | undefined {
  const value = cellOf(row, column.id);
  if (column.type !== 'instant' || column.field || value === null) return undefined;
  return `${format.dateTime(Number(value))} (${format.zone}) · ${format.relative(Number(value), now)}`;
}
