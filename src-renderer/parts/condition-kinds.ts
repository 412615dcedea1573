import { type ContactField, contactFieldKeys, contactFields } from '#shared/contact/contact-fields.ts';
import { type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import { isFieldLeaf, newFieldLeaf } from '#shared/segment/field-leaf.schema.ts';
import { type ActivityLeaf, isTextField, type Leaf } from '#shared/segment/segment.schema.ts';
import { eventName } from './event-names.ts';
import { fieldSpecsNow } from './field-store.ts';
import type { KnownList } from './list-names.ts';

/** What a condition is about; the first choice a person makes. */
export type ConditionKind = { value: string; label: string; group: string };

const activityMeasures = {
  count: 'Orders',
  net: 'Revenue',
  gross: 'Gross revenue',
  returns: 'Returns',
  firstAt: 'First order',
  lastAt: 'Last order',
} as const satisfies Record<ActivityLeaf['measure'], string>;

const deliveryKinds = { sent: 'Emails sent', opened: 'Emails opened', clicked: 'Emails clicked' } as const;

type Measure = keyof typeof activityMeasures;
const measures = Object.keys(activityMeasures) as Measure[];
const deliveryStates = Object.keys(deliveryKinds) as (keyof typeof deliveryKinds)[];

/** A list, a category, or a tag of contacts. */
type ListKind = { id: string; name: string; kind: KnownList['kind'] | 'tag' };
const groupOfList: Record<ListKind['kind'], string> = { list: 'Lists', category: 'Subscriptions', tag: 'Tags' };

/** Everything a condition can be about; event types are those the workspace has, personal fields only for who sees them. */
export function conditionKinds(
  eventTypes: readonly string[],
  personal: boolean,
  lists: readonly ListKind[] = [],
  fields: FieldSpecs = new Map(),
): ConditionKind[] {
  return [
    ...contactFieldKeys
      .filter((field) => personal || !contactFields[field].personal)
      .map((field) => ({
        value: `field:${field}`,
        label: contactFields[field].label,
        group: 'Contact',
      })),
    ...[...fields.values()].map(({ id, label, listName }) => ({ value: id, label, group: listName })),
    ...measures.map((measure) => ({ value: `order:${measure}`, label: activityMeasures[measure], group: 'Orders' })),
    ...deliveryStates.map((state) => ({ value: `delivery:${state}`, label: deliveryKinds[state], group: 'Email' })),
    ...lists.map(({ id, name, kind }) => ({
      value: `list:${id}`,
      label: name,
      group: groupOfList[kind],
    })),
    ...eventTypes.map((type) => ({ value: `event:${type}`, label: eventName(type), group: 'Events' })),
  ];
}

/** The key an event is known by to those who send it, for tooltips: screens say it in words. */
export const eventKey = (kind: string): string | undefined =>
  kind.startsWith('event:') ? kind.slice('event:'.length) : undefined;

/** The kind of an existing condition. */
export function kindOf(leaf: Leaf): string {
  if (leaf.type === 'membership') return `list:${leaf.list}`;
  if (isFieldLeaf(leaf)) return leaf.field;
  if (leaf.type !== 'activity') return `field:${leaf.field}`;
  if (leaf.source.table === 'order') return `order:${leaf.measure}`;
  if (leaf.source.table === 'event') return `event:${leaf.source.eventType}`;
  return `delivery:${leaf.source.state}`;
}

const activity = (source: ActivityLeaf['source'], measure: Measure): ActivityLeaf =>
  measure === 'firstAt' || measure === 'lastAt'
    ? {
        type: 'activity',
        source,
        measure,
        period: null,
        op: 'within',
        value: null,
        window: { type: 'lastDays', days: 90 },
      }
    : {
        type: 'activity',
        source,
        measure,
        period: null,
        op: 'atLeast',
        value: measure === 'count' ? 1 : 1_000_000,
        window: null,
      };

const isField = (name: string): name is ContactField => Object.hasOwn(contactFields, name);
const isMeasure = (name: string): name is Measure => Object.hasOwn(activityMeasures, name);

/** A fresh condition of a kind, with defaults that already answer something. */
export function newCondition(kind: string): Leaf {
  if (isFieldId(kind)) return newFieldLeaf(kind, fieldSpecsNow().get(kind)?.type ?? 'text');
  const split = kind.indexOf(':');
  const family = kind.slice(0, split);
  const name = kind.slice(split + 1);
  if (family === 'list') return { type: 'membership', list: name, op: 'in' };
  if (family === 'order') return activity({ table: 'order' }, isMeasure(name) ? name : 'count');
  if (family === 'event') return activity({ table: 'event', eventType: name }, 'count');
  if (family === 'delivery') {
    const state = deliveryStates.find((candidate) => candidate === name) ?? 'sent';
    return activity({ table: 'delivery', state }, 'count');
  }
  const field = isField(name) ? name : 'email';
  if (!isTextField(field)) {
    return { type: 'instant', field: 'createdAt', op: 'within', period: { type: 'lastDays', days: 30 } };
  }
  if (contactFields[field].type === 'choice') return { type: 'text', field, op: 'anyOf', values: [] };
  return { type: 'text', field, op: 'contains', values: [''] };
}
