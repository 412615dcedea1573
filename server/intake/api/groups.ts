/** Groups, as the API calls lists, categories and segments: which there are, who is in them, putting contacts in and out. */
import { z } from 'zod';
import { addToLists, contactsOfList, readLists, removeFromLists } from '#server/lists/lists.ts';
import { compileRule } from '#server/segments/compile.ts';
import { countSegment, ruleContext } from '#server/segments/segments.ts';
import { numbersOf } from '#server/storage/api-numbers.ts';
import { normaliseIdentifier } from '#shared/contact/identifiers.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { fold } from '#shared/kernel/fold.ts';
import { segmentSchema } from '#shared/segment/segment.schema.ts';
import { numberParam } from './contact.ts';
import { readContacts } from './contact-read.ts';
import type { ApiContext } from './context.ts';
import { type ApiRoute, nothing, pageQuery, route, totalHeader } from './route.ts';

const tag = 'Groups';
const MAX_MEMBERS = 3_000;

const groupsQuery = z.object({ name: z.string().optional(), ...pageQuery(500, 500) });
const membersQuery = z.object(pageQuery(100, 500));

const ids = z.array(z.coerce.number('is not a contact id').int('is not a contact id').min(1));
const texts = z.array(z.union([z.string(), z.number().transform(String)], 'is not a text'));
/** Whom to put in or take out: by id or by what leads to them. */
const membersInput = z
  .object({
    contactIds: ids.nullish(),
    emails: texts.nullish(),
    phones: texts.nullish(),
    externalCustomerIds: texts.nullish(),
  })
  .refine(
    (given) => Object.values(given).some((list) => list?.length),
    'Give contactIds, emails, phones or externalCustomerIds',
  )
  .refine(
    (given) => Object.values(given).reduce((sum, list) => sum + (list?.length ?? 0), 0) <= MAX_MEMBERS,
    `At most ${MAX_MEMBERS} contacts per request`,
  );
type Members = z.infer<typeof membersInput>;

type Group = { kind: 'list' | 'category' | 'segment'; id: string };

async function findGroup({ deps }: ApiContext, number: number): Promise<Group> {
  const [row] = await deps.db.query<Group>(
    `select n.kind, n.id from api_number n join document d on d.id = n.id and not d.deleted
      where n.number = $1 and n.kind in ('list', 'category', 'segment')`,
    [number],
  );
  if (!row) throw new UserError('not_found', 'There is no group with this id.', 'id');
  return row;
}

async function readGroups({ deps }: ApiContext, name: string | undefined) {
  const lists = await readLists(deps.db, name ? { name } : {});
  const segments = await deps.db.query<{ id: string; name: string }>(
    `select id, body ->> 'name' as name from document where kind = 'segment' and not deleted
        and ($1::text is null or strpos(lower(body ->> 'name'), $1) > 0) order by lower(body ->> 'name'), id`,
    [name ? fold(name) : null],
  );
  return [
    ...lists.map(({ id, name, kind }) => ({ id, name, kind })),
    ...segments.map(({ id, name }) => ({ id, name, kind: 'segment' as const })),
  ];
}

async function membersOf({ deps }: ApiContext, group: Group, page: { offset: number; limit: number }) {
  if (group.kind !== 'segment') return contactsOfList(deps.db, group.id, page);
  const [row] = await deps.db.query<{ body: unknown }>('select body from document where id = $1', [group.id]);
  const { rule } = segmentSchema.parse(row?.body);
  const now = deps.now();
  const { text, values } = compileRule(rule, await ruleContext(deps.db, now));
  const at = values.length;
  const rows = await deps.db.query<{ contact_id: number }>(
    `${text} order by contact_id offset $${at + 1}::bigint limit $${at + 2}::bigint`,
    [...values, page.offset, page.limit],
  );
  return { ids: rows.map(({ contact_id }) => contact_id), total: await countSegment(deps.db, rule, now) };
}

/** Ids of the contacts that are named; who is not there is left out. */
async function namedContacts({ deps, settlePending }: ApiContext, members: Members): Promise<number[]> {
  const region = deps.config.defaultRegion;
  const named = [
    ...(members.emails ?? []).map((value) => normaliseIdentifier('email', value, region)),
    ...(members.phones ?? []).map((value) => normaliseIdentifier('phone', value, region)),
    ...(members.externalCustomerIds ?? []).map((value) => normaliseIdentifier('externalCustomerId', value, region)),
  ].filter((identifier) => identifier !== null);
  await settlePending(named.map(({ value }) => value));
  const rows = await deps.db.query<{ id: number }>(
    // An array: "one or the other" would read every contact.
    `select c.id from contact c where c.deleted_at is null and c.id = any(array(
       select unnest($1::bigint[]) union
       select i.contact_id from unnest($2::text[], $3::text[]) as q (kind, value)
         join identifier i on i.kind = q.kind and i.value = q.value collate "C")) order by c.id`,
    [members.contactIds ?? [], named.map(({ kind }) => kind), named.map(({ value }) => value)],
  );
  return rows.map(({ id }) => id);
}

export function groupRoutes(context: ApiContext): ApiRoute[] {
  const { deps } = context;

  async function staticGroup(params: Readonly<Record<string, string>>): Promise<string> {
    const group = await findGroup(context, numberParam(params));
    if (group.kind === 'list') return group.id;
    const reason =
      group.kind === 'segment' ? 'its rule says who is in it' : 'people subscribe to it; update their subscriptions';
    throw new UserError('invalid_input', `Contacts are not put into this group: ${reason}.`, 'id');
  }

  return [
    route({
      method: 'GET',
      path: '/v1/groups',
      tag,
      summary: 'Lists, subscription categories and segments',
      may: 'contacts',
      body: nothing,
      query: groupsQuery,
      async run({ query }) {
        const groups = await readGroups(context, query.name);
        const page = groups.slice(query.startindex - 1, query.startindex - 1 + query.maxrows);
        const numbers = await deps.db.tx(async (tx) => {
          const found = new Map<string, number>();
          for (const kind of ['list', 'category', 'segment'] as const) {
            const own = page.filter((group) => group.kind === kind).map(({ id }) => id);
            for (const [id, number] of await numbersOf(tx, kind, own)) found.set(id, number);
          }
          return found;
        });
        const json = page.map(({ id, name, kind }) => ({
          id: numbers.get(id),
          name,
          type: kind === 'segment' ? 'Dynamic' : 'Static',
        }));
        return { headers: totalHeader(groups.length), json };
      },
    }),
    route({
      method: 'GET',
      path: '/v1/group/:id/contacts',
      tag,
      summary: 'Contacts of a group; the header TotalCount says how many',
      may: 'manageContacts',
      body: nothing,
      query: membersQuery,
      async run({ params, query }) {
        const group = await findGroup(context, numberParam(params));
        const { ids, total } = await membersOf(context, group, { offset: query.startindex - 1, limit: query.maxrows });
        return { headers: totalHeader(total), json: await readContacts(context, ids) };
      },
    }),
    route({
      method: 'POST',
      path: '/v1/group/:id/contacts/attach',
      tag,
      summary: 'Puts contacts into a list',
      may: 'contacts',
      body: membersInput,
      query: nothing,
      async run({ params, body }) {
        const list = await staticGroup(params);
        const contacts = await namedContacts(context, body);
        const { added } = await deps.db.tx((tx) =>
          addToLists(tx, contacts, [list], { source: 'API', now: deps.now() }),
        );
        deps.wake.notify('dirty');
        return { json: { found: contacts.length, attached: added } };
      },
    }),
    route({
      method: 'POST',
      path: '/v1/group/:id/contacts/detach',
      tag,
      summary: 'Takes contacts out of a list',
      may: 'contacts',
      body: membersInput,
      query: nothing,
      async run({ params, body }) {
        const list = await staticGroup(params);
        const contacts = await namedContacts(context, body);
        const { removed } = await deps.db.tx((tx) =>
          removeFromLists(tx, contacts, [list], { at: deps.now(), source: 'API' }),
        );
        deps.wake.notify('dirty');
        return { json: { found: contacts.length, detached: removed } };
      },
    }),
  ];
}
