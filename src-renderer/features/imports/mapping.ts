import { type ImportKind, importFields, type UploadInfo } from '#shared/api/import.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';

/** Field → column, as the server takes it. */
export type Mapping = Record<string, string>;

const orderLabels: Record<string, string> = {
  externalOrderId: 'Order number',
  date: 'Order date',
  externalItemId: 'Item ID',
  quantity: 'Quantity',
  cost: 'Price of one',
  externalCustomerId: 'Customer (External ID)',
  name: 'Item name',
  category: 'Category',
  status: 'Order status',
  currency: 'Currency',
};

/** What a field is called on the screen: "Order number", "Contact: Country". */
export function fieldLabel(kind: ImportKind, field: string): string {
  if (kind === 'orders') {
    const own = orderLabels[field];
    if (own !== undefined) return own;
  }
  const name = field.startsWith('contact.') ? field.slice('contact.'.length) : field;
  const label = Object.entries(contactFields).find(([key]) => key === name)?.[1].label ?? name;
  return field.startsWith('contact.') ? `Contact: ${label}` : label;
}

/** All fields a file of this kind may fill, needed ones first. */
export function fieldsOf(kind: ImportKind): { field: string; required: boolean }[] {
  const { required, optional } = importFields[kind];
  return [
    ...required.map((field) => ({ field, required: true })),
    ...optional.map((field) => ({ field, required: false })),
  ];
}

/** Takes over what still makes sense when the kind is changed by hand. */
export function mappingForKind(kind: ImportKind, info: UploadInfo, current: Mapping): Mapping {
  if (kind === info.kind) return info.map;
  const known = new Set(fieldsOf(kind).map(({ field }) => field));
  return Object.fromEntries(
    Object.entries(current).flatMap(([field, column]) => {
      const twin = kind === 'orders' ? `contact.${field}` : field.replace(/^contact\./, '');
      if (known.has(field)) return [[field, column]];
      return known.has(twin) ? [[twin, column]] : [];
    }),
  );
}

/** Gives a column to a field; null leaves the field empty. Several fields may read one column. */
export function assign(map: Mapping, field: string, column: string | null): Mapping {
  const rest = Object.fromEntries(Object.entries(map).filter(([key]) => key !== field));
  return column === null ? rest : { ...rest, [field]: column };
}

/** Why the file cannot be imported with this mapping, in words; null when it can. */
export function mappingProblem(kind: ImportKind, map: Mapping): string | null {
  const missing = importFields[kind].required.filter((field) => map[field] === undefined);
  if (missing.length > 0) {
    return `Choose a column for ${missing.map((field) => fieldLabel(kind, field)).join(', ')}.`;
  }
  if (kind === 'contacts' && !['externalCustomerId', 'email', 'phone'].some((field) => map[field] !== undefined)) {
    return 'Choose a column for External ID, Email or Phone: without one of them nobody can be recognised.';
  }
  return null;
}

/** The first values of a column that are not empty. */
export function sampleValues(info: Pick<UploadInfo, 'columns' | 'sample'>, column: string, limit: number): string[] {
  const place = info.columns.indexOf(column);
  if (place < 0) return [];
  const values = info.sample.map((row) => (row[place] ?? '').trim()).filter((value) => value !== '');
  return [...new Set(values)].slice(0, limit);
}

/** Columns no field reads. */
export function unusedColumns(info: Pick<UploadInfo, 'columns'>, map: Mapping): string[] {
  const used = new Set(Object.values(map));
  return info.columns.filter((column) => !used.has(column));
}
