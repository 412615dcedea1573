/** Contacts in the form of the API. */
import { computedValues } from '#server/contacts/computed-values.ts';
import { listsOf } from '#server/lists/lists.ts';
import { numbersOf } from '#server/storage/api-numbers.ts';
import type { FieldSpecs } from '#shared/contact/field.schema.ts';
import { storedField, textOfStored } from '#shared/contact/field-value.ts';
import type { ApiContext } from './context.ts';

type Row = {
  id: number;
  firstName: string | null;
  lastName: string | null;
  email: string | null;
  phone: string | null;
  country: string | null;
  region: string | null;
  town: string | null;
  address: string | null;
  postcode: string | null;
  externalCustomerId: string | null;
  languageCode: string | null;
  timeZone: string | null;
  fields: Record<string, unknown>;
};
type Held = { contactId: number; kind: string; value: string };
type Orders = { contactId: number; count: number; sum: number; lastDate: Date };
type Group = { id: number | undefined; name: string; type: string };

/** Money is stored in 1/10,000. */
const MONEY = 10_000;
const channelOf: Readonly<Record<string, string>> = {
  email: 'email',
  phone: 'sms',
  mobileToken: 'mobilepush',
  webPushToken: 'webpush',
  telegram: 'telegram',
  viber: 'viber',
};

/** Contacts by their ids, in that order; ids of merged ones answer the card they are part of, others nobody has are left out. */
export async function readContacts(context: ApiContext, ids: readonly number[]) {
  const { db } = context.deps;
  if (ids.length === 0) return [];
  const aliases = await db.query<{ id: number; survivor: number }>(
    'select id, survivor from contact_alias where id = any($1::bigint[]) or survivor = any($1::bigint[])',
    [ids],
  );
  const survivorOf = new Map(aliases.map(({ id, survivor }) => [id, survivor]));
  const wanted = [...new Set(ids.map((id) => survivorOf.get(id) ?? id))];
  const [rows, held, orders, groups, finder] = await Promise.all([
    readRows(context, wanted),
    db.query<Held>(
      'select contact_id as "contactId", kind, value from identifier where contact_id = any($1::bigint[]) order by kind, value',
      [wanted],
    ),
    readOrders(context, wanted),
    readGroups(context, wanted),
    context.fieldFinder(),
  ]);
  const computed = await computedValues(db, finder.specs, { ids: wanted, now: context.deps.now() });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const channels = Map.groupBy(held, ({ contactId }) => contactId);
  return wanted.flatMap((id) => {
    const row = byId.get(id);
    if (!row) return [];
    const bought = orders.get(id);
    const { country, region, town, address, postcode } = row;
    return [
      {
        id,
        firstName: row.firstName ?? undefined,
        lastName: row.lastName ?? undefined,
        channels: channelsOf(row, channels.get(id) ?? []),
        address: withoutNulls({ country, region, town, address, postcode }),
        fields: fieldsOf({ ...row.fields, ...computed.get(id) }, finder),
        addressBookId: 1,
        externalCustomerId: row.externalCustomerId ?? undefined,
        loyaltyNumber: channels.get(id)?.find(({ kind }) => kind === 'loyaltyNumber')?.value,
        languageCode: row.languageCode ?? undefined,
        timeZone: row.timeZone ?? undefined,
        ordersInfo: bought && {
          count: bought.count,
          sum: bought.sum / MONEY,
          lastDate: bought.lastDate.toISOString(),
        },
        groups: groups.get(id) ?? [],
      },
    ];
  });
}

function withoutNulls(given: Readonly<Record<string, string | null>>): Record<string, string> | undefined {
  const found = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== null);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** The first email and phone first, as they were written. */
function channelsOf({ email, phone }: Row, held: readonly Held[]): { type: string; value: string }[] {
  const found: { type: string; value: string }[] = [];
  if (email !== null) found.push({ type: 'email', value: email });
  if (phone !== null) found.push({ type: 'sms', value: phone });
  const first = [email?.normalize('NFKC').toLowerCase(), phone];
  for (const { kind, value } of held) {
    const type = channelOf[kind];
    if (type && !(first.includes(value) && (kind === 'email' || kind === 'phone'))) found.push({ type, value });
  }
  return found;
}

function fieldsOf(
  stored: Readonly<Record<string, unknown>>,
  { specs, numbers }: { specs: FieldSpecs; numbers: ReadonlyMap<string, number> },
): { id: number; value: string }[] {
  const found: { id: number; value: string }[] = [];
  for (const spec of specs.values()) {
    const value = textOfStored(spec.type, storedField(stored[spec.id]));
    const id = numbers.get(spec.id);
    if (value !== null && id !== undefined) found.push({ id, value });
  }
  return found;
}

function readRows({ deps }: ApiContext, ids: readonly number[]): Promise<Row[]> {
  return deps.db.query<Row>(
    `select id, first_name as "firstName", last_name as "lastName", email, phone, country, region, town, address, postcode,
            external_customer_id as "externalCustomerId", language_code as "languageCode", time_zone as "timeZone", fields
       from contact where id = any($1::bigint[]) and deleted_at is null`,
    [ids],
  );
}

async function readOrders({ deps }: ApiContext, ids: readonly number[]): Promise<Map<number, Orders>> {
  const rows = await deps.db.query<Orders>(
    `select coalesce(a.survivor, o.contact_id) as "contactId", count(*)::int as count,
            sum(o.gross - o.returns)::bigint as sum, max(o.at) as "lastDate"
       from orders o left join contact_alias a on a.id = o.contact_id
      where o.contact_id = any(array(
              select unnest($1::bigint[]) union all select id from contact_alias where survivor = any($1::bigint[])))
        and o.status not in ('CANCELLED', 'ABANDONED_SHOPPING_CART')
      group by 1`,
    [ids],
  );
  return new Map(rows.map((row) => [row.contactId, row]));
}

async function readGroups({ deps }: ApiContext, ids: readonly number[]): Promise<Map<number, Group[]>> {
  const lists = await listsOf(deps.db, ids);
  const all = [...lists.values()].flat();
  if (all.length === 0) return new Map();
  const numbers = await deps.db.tx(async (tx) => ({
    list: await numbersOf(tx, 'list', idsOfKind(all, 'list')),
    category: await numbersOf(tx, 'category', idsOfKind(all, 'category')),
  }));
  const groups = new Map<number, Group[]>();
  for (const [contactId, found] of lists) {
    const named = found.map(({ id, name, kind }) => ({ id: numbers[kind].get(id), name, type: 'Static' }));
    groups.set(contactId, named);
  }
  return groups;
}

const idsOfKind = (lists: readonly { id: string; kind: string }[], kind: string): string[] =>
  lists.filter((list) => list.kind === kind).map(({ id }) => id);
