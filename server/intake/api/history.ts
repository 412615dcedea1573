/** What was sent to contacts and what they did with it, from the deliveries. */
import { z } from 'zod';
import { type IdentifierKind, normaliseIdentifier } from '#shared/contact/identifiers.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { parseIsoInstant } from '#shared/kernel/instant-text.ts';
import { type Activity, activityJson, messageJson, readActivity, readMessages } from './activity-rows.ts';
import type { ApiContext } from './context.ts';
import { type ApiRoute, nothing, offsetQuery, route, totalHeader } from './route.ts';

const tag = 'History';
const DAY_MS = 86_400_000;

const optional = z.string('is given more than once').optional();
const period = { dateFrom: z.string('dateFrom is required'), dateTo: z.string('dateTo is required') };
const who = { contactId: optional, externalCustomerId: optional, email: optional, phone: optional };

const messagesQuery = z.object({
  ...period,
  ...who,
  mediaTypes: optional,
  mediaType: optional,
  ...offsetQuery(10, 100),
});
const activityQuery = z.object({
  ...period,
  email: optional,
  sms: optional,
  externalRequestId: optional,
  messageTag: optional,
  activityStatus: optional,
  /** As the last row of the page before said. */
  offset: optional,
  ...{ maxrows: offsetQuery(500, 25_000).maxrows },
});

const kindOf = {
  externalCustomerId: 'externalCustomerId',
  email: 'email',
  phone: 'phone',
} as const satisfies Record<string, IdentifierKind>;

export function historyRoutes(context: ApiContext): ApiRoute[] {
  const { db, config } = context.deps;

  /** A date without a time means the whole day. */
  async function periodOf({ dateFrom, dateTo }: { dateFrom: string; dateTo: string }) {
    const zone = await context.zone();
    const from = parseIsoInstant(dateFrom, zone);
    const to = parseIsoInstant(dateTo, zone);
    if (from === null) throw new UserError('invalid_input', 'dateFrom is not an ISO date', 'dateFrom');
    if (to === null) throw new UserError('invalid_input', 'dateTo is not an ISO date', 'dateTo');
    return { from, to: dateTo.trim().length <= 10 ? to + DAY_MS : to };
  }

  async function contactsOf(query: z.infer<typeof messagesQuery>): Promise<number[]> {
    const given = (['contactId', ...Object.keys(kindOf)] as (keyof typeof who)[]).filter((name) => query[name]);
    const [name] = given;
    if (name === undefined || given.length > 1) {
      throw new UserError(
        'invalid_input',
        'Give exactly one of contactId, externalCustomerId, email, phone',
        name ?? 'contactId',
      );
    }
    const text = query[name] ?? '';
    if (name === 'contactId') {
      if (!/^[1-9]\d{0,9}$/.test(text)) throw new UserError('invalid_input', 'contactId is not a contact id', name);
      return [Number(text)];
    }
    const rows = await db.query<{ id: number }>(
      'select contact_id as id from identifier where kind = $1 and value = $2 collate "C"',
      [kindOf[name], normaliseIdentifier(kindOf[name], text, config.defaultRegion)?.value ?? ''],
    );
    return rows.map(({ id }) => id);
  }

  return [
    route({
      method: 'GET',
      path: '/v2/contacts/messages',
      tag,
      summary: 'Messages sent to a contact; the header TotalCount says how many',
      may: 'manageContacts',
      body: nothing,
      query: messagesQuery,
      async run({ query }) {
        const contacts = await contactsOf(query);
        const media = (query.mediaTypes ?? query.mediaType ?? '').split(',').map((type) => type.trim().toLowerCase());
        // Nothing but mail is sent from here yet.
        const isAsked = media.every((type) => type === '') || media.includes('email');
        const page = { ...(await periodOf(query)), offset: query.offset, limit: query.maxrows };
        const { rows, total } = isAsked ? await readMessages(db, contacts, page) : { rows: [], total: 0 };
        return { headers: totalHeader(total), json: rows.map(messageJson) };
      },
    }),
    ...['/v2/contacts/activity', '/v1/contactActivity'].map((path) =>
      route({
        method: 'GET',
        path,
        tag,
        summary: 'What happened to messages, in order; give the offset of the last row for the next page',
        may: 'manageContacts',
        body: nothing,
        query: activityQuery,
        async run({ query }) {
          const page = { ...(await periodOf(query)), after: query.offset ?? '', limit: query.maxrows };
          const asked = query.activityStatus?.trim().toUpperCase() || null;
          // The original's older name of the same.
          const status = asked === 'RECEIVED' ? 'READ' : asked;
          const email = query.email ? (normaliseIdentifier('email', query.email, null)?.value ?? '') : null;
          // No tags, requests or SMS are known of deliveries yet: nothing is what they match.
          const isNone = Boolean(query.sms || query.externalRequestId || query.messageTag);
          const rows: Activity[] = isNone ? [] : await readActivity(db, { ...page, status, email });
          return { json: rows.map(activityJson) };
        },
      }),
    ),
  ];
}
