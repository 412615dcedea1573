/** What columns of a file can become, in groups and words, and the map they make. */
import { type ImportKind, type ImportOptions, importFields, type UploadInfo } from '#shared/api/import.schema.ts';
import { isCategoryId } from '#shared/consent/category.schema.ts';
import { contactFields, writableContactFields } from '#shared/contact/contact-fields.ts';
import { type FieldId, type FieldSpecs, fieldLists, isFieldId } from '#shared/contact/field.schema.ts';
import { primaryKinds } from '#shared/contact/identifiers.ts';
import {
  consentTargets,
  freeTargetKey,
  furtherTargetLabels,
  identifyingTargets,
  isFurtherTarget,
  isIdentifyingTarget,
  repeatableTargets,
  targetOf,
} from '#shared/import/import-targets.ts';

/** Target → column, as the server takes it. */
export type Mapping = Record<string, string>;
export type Choice = { value: string; label: string };
export type ChoiceGroup = { group: string; items: Choice[] };
/** Fields a file can fill: computed ones are worked out. */
const writable = (fields: FieldSpecs): FieldSpecs => new Map([...fields].filter(([, { computed }]) => !computed));

export type Known = { fields: FieldSpecs; categories: readonly { id: string; name: string }[] };

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

const contactLabel = (name: string): string =>
  Object.entries(contactFields).find(([key]) => key === name)?.[1].label ?? name;

/** What a target is called on the screen: "Order number", "Contact: Country", "Further email". */
export function targetLabel(kind: ImportKind, key: string, known: Known): string {
  if (kind === 'orders') {
    if (key.startsWith('contact.')) return `Contact: ${contactLabel(key.slice('contact.'.length))}`;
    return orderLabels[key] ?? key;
  }
  const target = targetOf(key);
  if (isFurtherTarget(target)) return furtherTargetLabels[target];
  if (isFieldId(target)) return known.fields.get(target)?.label ?? 'A deleted field';
  if (isCategoryId(target)) return known.categories.find(({ id }) => id === target)?.name ?? 'A deleted subscription';
  return contactLabel(target);
}

/** All that a column of a file of this kind can become. */
export function targetChoices(kind: ImportKind, known: Known): ChoiceGroup[] {
  const choice = (value: string): Choice => ({ value, label: targetLabel(kind, value, known) });
  if (kind === 'orders') {
    const { required, optional } = importFields.orders;
    return [
      { group: 'Needed', items: required.map(choice) },
      { group: 'Order', items: optional.filter((field) => !field.startsWith('contact.')).map(choice) },
      { group: 'Contact', items: optional.filter((field) => field.startsWith('contact.')).map(choice) },
    ];
  }
  const groups: ChoiceGroup[] = [
    { group: 'Contact', items: writableContactFields.map(choice) },
    { group: 'More that identifies', items: [...repeatableTargets, ...identifyingTargets].map(choice) },
    { group: 'Said about mail', items: consentTargets.map(choice) },
    ...fieldLists(writable(known.fields)).map(({ name, fields }) => ({
      group: name,
      items: fields.map(({ id }) => choice(id)),
    })),
    { group: 'Subscriptions', items: known.categories.map(({ id }) => choice(id)) },
  ];
  return groups.filter(({ items }) => items.length > 0);
}

/** What a column becomes; null: nothing. */
export function targetOfColumn(map: Mapping, column: string): string | null {
  const found = Object.entries(map).find(([, given]) => given === column);
  return found ? targetOf(found[0]) : null;
}

/** Lets a column become something else. Another column that was the same before gives way, unless there may be several. */
export function assignColumn(map: Mapping, column: string, target: string | null): Mapping {
  const rest: Mapping = Object.fromEntries(Object.entries(map).filter(([, given]) => given !== column));
  return target === null ? rest : { ...rest, [freeTargetKey(target, rest)]: column };
}

/** Takes over what still makes sense when the kind is changed by hand. */
export function mappingForKind(kind: ImportKind, info: Pick<UploadInfo, 'kind' | 'map'>, current: Mapping): Mapping {
  if (kind === info.kind) return info.map;
  const known = new Set([...importFields[kind].required, ...importFields[kind].optional]);
  return Object.fromEntries(
    Object.entries(current).flatMap(([field, column]) => {
      const twin = kind === 'orders' ? `contact.${field}` : field.replace(/^contact\./, '');
      if (known.has(field)) return [[field, column]];
      return known.has(twin) ? [[twin, column]] : [];
    }),
  );
}

/** Why the file cannot be imported with this mapping, in words; null when it can. */
export function mappingProblem(kind: ImportKind, map: Mapping, known: Known): string | null {
  const missing = importFields[kind].required.filter((field) => map[field] === undefined);
  if (missing.length > 0) {
    return `Say which column is: ${missing.map((field) => targetLabel(kind, field, known)).join(', ')}.`;
  }
  if (kind === 'contacts' && !Object.keys(map).some((key) => isIdentifyingTarget(targetOf(key)))) {
    return 'Say which column is the External ID, the email or the phone, or a loyalty number: without one of them nobody can be recognised.';
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

/** Columns that become nothing. */
export function unusedColumns(info: Pick<UploadInfo, 'columns'>, map: Mapping): string[] {
  const used = new Set(Object.values(map));
  return info.columns.filter((column) => !used.has(column));
}

/** By what the people of a file can be told apart one by one: what its columns hold of it. */
export function keyTargets(map: Mapping, { fields }: Known): ImportOptions['dedupe'][] {
  const isKey = (id: FieldId) => !['multiple', 'boolean'].includes(fields.get(id)?.type ?? 'multiple');
  return [
    ...([...primaryKinds, 'loyaltyNumber', 'contactId'] as const).filter((kind) => map[kind] !== undefined),
    ...Object.keys(map).filter((key): key is FieldId => isFieldId(key) && isKey(key)),
  ];
}
