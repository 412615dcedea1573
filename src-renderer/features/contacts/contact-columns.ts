import type { ContactRow, SortKey } from '#renderer/data/data-api.ts';
import { type Format, sentenceCase } from '#renderer/ui/format.ts';
import { contactFieldKeys, contactFields, contactMeasures, type FieldType } from '#shared/contact/contact-fields.ts';

export type GridColumn = {
  id: SortKey;
  label: string;
  type: FieldType;
  width: number;
  /** Shown until somebody chooses otherwise. */
  shown: boolean;
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
  if (id === 'id') return [];
  const spec = isMeasureKey(id) ? contactMeasures[id] : contactFields[id];
  return [{ id, label: spec.label, type: spec.type, width: widths[id] ?? 130, shown: shown.has(id) }];
});

/** In place of names where they are not shown: whom a row is about. */
const numberColumn: GridColumn = { id: 'id', label: 'Contact', type: 'text', width: 140, shown: true };

const withoutPersonal: readonly GridColumn[] = [
  numberColumn,
  ...gridColumns.filter(({ id }) => !(isFieldKey(id) && contactFields[id].personal)),
];

/** The columns for somebody who sees personal values, or who does not. */
export const columnsFor = (personal: boolean): readonly GridColumn[] => (personal ? gridColumns : withoutPersonal);

function isFieldKey(id: SortKey): id is keyof typeof contactFields {
  return Object.hasOwn(contactFields, id);
}

function isMeasureKey(id: SortKey): id is keyof typeof contactMeasures {
  return Object.hasOwn(contactMeasures, id);
}

const byId = new Map<string, GridColumn>([numberColumn, ...gridColumns].map((column) => [column.id, column]));

/** The column of an id kept in a layout; null for one of another version. */
export const gridColumn = (id: string): GridColumn | null => byId.get(id) ?? null;

/** Numbers read right to left, so they end at the same edge. */
export const isRightAligned = (type: FieldType): boolean => type === 'integer' || type === 'money';

/** Biggest, newest first; words from A. */
export const startsDescending = (type: FieldType): boolean =>
  type === 'integer' || type === 'money' || type === 'instant';

/** What a cell shows; nothing for an empty one. */
export function cellText(row: ContactRow, column: GridColumn, format: Format): string {
  if (column.id === 'id') return `Contact ${row.id}`;
  const value = row[column.id];
  if (value === null || value === undefined || value === '') return '';
  if (column.type === 'instant') return format.date(Number(value));
  if (column.type === 'money') return row.orderCount === 0 && Number(value) === 0 ? '' : format.money(Number(value));
  if (column.type === 'integer') return Number(value) === 0 ? '' : format.count(Number(value));
  if (column.id === 'emailStatus') return value === 'none' ? '' : sentenceCase(String(value));
  return String(value);
}

/** The longer text of a cell's tooltip; null when the cell says it all. */
export function cellTitle(row: ContactRow, column: GridColumn, format: Format, now: number): string | undefined {
  const value = row[column.id];
  if (column.type !== 'instant' || value === null) return undefined;
  return `${format.dateTime(Number(value))} (${format.zone}) · ${format.relative(Number(value), now)}`;
}
