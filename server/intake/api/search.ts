/** Finding contacts: by what they are called, by a push token; their emails by ids. */
import { z } from 'zod';
import { normaliseIdentifier, type PrimaryKind } from '#shared/contact/identifiers.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { fold } from '#shared/kernel/fold.ts';
import { readContacts } from './contact-read.ts';
import type { ApiContext } from './context.ts';
import { type ApiRoute, nothing, pageQuery, route, totalHeader } from './route.ts';

const tag = 'Contacts';
const text = z.string('is given more than once').optional();

const searchQuery = z.object({
  email: text,
  sms: text,
  firstname: text,
  lastname: text,
  externalCustomerId: text,
  ...pageQuery(500, 500),
});

const MAX_IDS = 1_000;
const idList = z
  .string('ids is required')
  .transform((given) => given.split(',').map((id) => Number(id.trim())))
  .pipe(z.array(z.int('is not a list of contact ids').min(1)).max(MAX_IDS, `At most ${MAX_IDS} ids`));
/** One of the clients calls the ids "emails". */
const idsQuery = z.preprocess(
  (query) =>
    typeof query === 'object' && query !== null && 'emails' in query ? { ids: query.emails, ...query } : query,
  z.object({ ids: idList }),
);

type Search = z.infer<typeof searchQuery>;

/** Conditions on contact c, and their values. What is not given does not narrow. */
function conditionsOf(query: Search, region: string | null): { where: string; values: unknown[] } {
  const found: string[] = ['c.deleted_at is null'];
  const values: unknown[] = [];
  const identifier = (kind: PrimaryKind, given: string | undefined): void => {
    if (!given) return;
    // What cannot be an identifier is nobody's.
    values.push(kind, normaliseIdentifier(kind, given, region)?.value ?? '');
    const at = values.length;
    found.push(
      `exists (select 1 from identifier i where i.contact_id = c.id and i.kind = $${at - 1} and i.value = $${at} collate "C")`,
    );
  };
  const name = (column: string, given: string | undefined): void => {
    if (!given) return;
    values.push(fold(given.trim()));
    found.push(`c.${column} = $${values.length} collate "C"`);
  };
  identifier('email', query.email);
  identifier('phone', query.sms);
  identifier('externalCustomerId', query.externalCustomerId);
  name('first_name_fold', query.firstname);
  name('last_name_fold', query.lastname);
  return { where: found.join(' and '), values };
}

export function searchRoutes(context: ApiContext): ApiRoute[] {
  const { db, config } = context.deps;
  return [
    route({
      method: 'GET',
      path: '/v1/contacts',
      tag,
      summary: 'Contacts with this email, phone, name or externalCustomerId; the header TotalCount says how many',
      may: 'manageContacts',
      body: nothing,
      query: searchQuery,
      async run({ query }) {
        const { where, values } = conditionsOf(query, config.defaultRegion);
        const at = values.length;
        // Names have no index (every import would pay for it): at least they are looked through once, not twice.
        const [page] = await db.query<{ total: number; ids: number[] }>(
          `with found as materialized (select c.id from contact c where ${where})
           select (select count(*)::int from found) as total,
                  array(select id::int8 from found order by id offset $${at + 1} limit $${at + 2})::float8[] as ids`,
          [...values, query.startindex - 1, query.maxrows],
        );
        const found = await readContacts(context, page?.ids ?? []);
        return { headers: totalHeader(page?.total ?? 0), json: found };
      },
    }),
    route({
      method: 'GET',
      path: '/v1/contacts/email',
      tag,
      summary: 'Emails of contacts by their ids',
      may: 'manageContacts',
      body: nothing,
      query: idsQuery,
      async run({ query }) {
        const results = await db.query<{ contactId: number; email: string }>(
          `select id as "contactId", email from contact
            where id = any($1::bigint[]) and deleted_at is null and email is not null order by id`,
          [query.ids],
        );
        return { json: { results } };
      },
    }),
    route({
      method: 'GET',
      path: '/v1/contact/token/:appUuid/:tokenId/contactId',
      tag,
      summary: 'Whose push token this is',
      may: 'manageContacts',
      body: nothing,
      query: nothing,
      async run({ params }) {
        const [row] = await db.query<{ contactId: number }>(
          `select contact_id as "contactId" from identifier
            where kind in ('mobileToken', 'webPushToken', 'deviceId') and value = $1 limit 1`,
          [params.tokenId],
        );
        if (!row) throw new UserError('not_found', 'No contact has this token.', 'tokenId');
        return { json: row };
      },
    }),
    route({
      method: 'GET',
      path: '/v2/contacts/recoms/:dataSourceId',
      tag,
      summary: 'Empty: products are not recommended from here yet',
      may: 'manageContacts',
      body: nothing,
      query: nothing,
      run: async () => ({ json: [] }),
    }),
  ];
}
