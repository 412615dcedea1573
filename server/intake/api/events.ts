/** Events: live ones, events of the past, taking events back, and tokens for programs that only report events. */
import { z } from 'zod';
import { DEFAULT_TOKEN_SECONDS, MAX_TOKEN_SECONDS } from '#server/accounts/event-tokens.ts';
import { onlyFills } from '#server/intake/basic-auth.ts';
import { HISTORY } from '#server/intake/event-type-rules.ts';
import type { IntakeRow } from '#server/intake/intake-row.ts';
import type { Failure } from '#server/intake/parse-body.ts';
import type { EventInput } from '#shared/event/event-input.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { parseIsoInstant } from '#shared/kernel/instant-text.ts';
import type { ApiContext } from './context.ts';
import { deleteEvents } from './delete-events.ts';
import { type EventVersion, eventRow, eventSchema, readEvent } from './event-parse.ts';
import { createEventRules, UnexpectedParameters } from './event-rules.ts';
import { type ApiRoute, nothing, route } from './route.ts';

const tag = 'Events';
const MAX_PAST = 500;
const FUTURE_MS = 300_000;

const versions: readonly { at: string; version: EventVersion }[] = [
  { at: 'v1', version: 'list' },
  { at: 'v2', version: 'list' },
  { at: 'v3', version: 'object' },
];

const pastEvents = z.object({
  events: z
    .array(z.unknown(), 'events is required')
    .min(1, 'Give at least one event')
    .max(MAX_PAST, `At most ${MAX_PAST} events per request`),
});
const occurred = z.object({ occurred: z.union([z.string(), z.number()], 'occurred is required') });

const tokenInput = z.object({
  expiresIn: z.coerce.number().int('is not a whole number of seconds').min(1).max(MAX_TOKEN_SECONDS).nullish(),
});

const period = z.object({
  eventTypeKey: z.string('eventTypeKey is required').min(1, 'eventTypeKey is required'),
  dateFrom: z.string().optional(),
  dateTo: z.string().optional(),
});

export function eventRoutes(context: ApiContext): ApiRoute[] {
  const { deps, intake, tokens } = context;
  const rules = createEventRules(deps);

  const region = deps.config.defaultRegion;
  type Past = { version: EventVersion; onlyFill: boolean; zone: string };

  async function pastRow(given: unknown, { version, onlyFill, zone }: Past): Promise<IntakeRow> {
    const event = readEvent(given, version);
    const said = occurred.safeParse(given).data?.occurred;
    if (said === undefined) throw new UserError('invalid_input', 'occurred is required', 'occurred');
    const at = typeof said === 'number' ? said : parseIsoInstant(said, zone);
    if (at === null || at < 0 || at > deps.now() + FUTURE_MS) {
      throw new UserError('invalid_input', 'occurred is not an ISO date of the past', 'occurred');
    }
    await rules.check(event.eventTypeKey, event.params);
    const { mapping } = await rules.rulesOf(event.eventTypeKey);
    return eventRow(event, { at, source: HISTORY, onlyFill, region, mapping });
  }

  async function takePast(events: readonly unknown[], how: Omit<Past, 'zone'>) {
    const past = { ...how, zone: await context.zone() };
    const rows: IntakeRow[] = [];
    const failed: Failure[] = [];
    const unexpected: UnexpectedParameters[] = [];
    for (const [index, one] of events.entries()) {
      try {
        rows.push(await pastRow(one, past));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        if (error instanceof UnexpectedParameters) unexpected.push(error);
        failed.push({ index, code: 'invalid_input', field: error.field ?? null, message: error.message });
      }
    }
    await intake.append(rows);
    await rules.refused(unexpected);
    return { json: { accepted: rows.length, failedEvents: failed } };
  }

  async function checkLive({ eventTypeKey, params }: EventInput): Promise<void> {
    try {
      await rules.check(eventTypeKey, params);
    } catch (error) {
      if (error instanceof UnexpectedParameters) await rules.refused([error]);
      throw error;
    }
  }

  const live = versions.map(({ at, version }) =>
    route({
      method: 'POST',
      path: `/${at}/event`,
      tag,
      summary: 'Something a contact did just now; an unknown type is made, an unknown contact too',
      may: 'events',
      body: eventSchema(version),
      query: nothing,
      async run({ body, key }) {
        const { mapping } = await rules.rulesOf(body.eventTypeKey);
        const row = eventRow(body, { at: deps.now(), source: 'API', onlyFill: onlyFills(key), region, mapping });
        await checkLive(body);
        await intake.append([row]);
        return {};
      },
    }),
  );
  const past = versions.flatMap(({ at, version }) =>
    [`/${at}/past_events`, `/${at}/events`].map((path) =>
      route({
        method: 'POST',
        path,
        tag,
        summary: 'Up to 500 events of the past, each with the time it occurred; they start nothing',
        may: 'events',
        once: () => path,
        body: pastEvents,
        query: nothing,
        run: ({ body, key }) => takePast(body.events, { version, onlyFill: onlyFills(key) }),
      }),
    ),
  );
  const taken = ['/v1/past_events', '/v1/events', '/v2/past_events', '/v3/past_events'].map((path) =>
    route({
      method: 'DELETE',
      path,
      tag,
      summary: 'Takes back events of a type, in a period if one is given',
      // A key that lies in a page or an app may add to history, not end it.
      may: 'manageContacts',
      body: nothing,
      query: period,
      async run({ query }) {
        const zone = await context.zone();
        const bound = (text: string | undefined, field: string): number | null => {
          if (!text) return null;
          const at = parseIsoInstant(text, zone);
          if (at === null) throw new UserError('invalid_input', `${field} is not an ISO date`, field);
          return at;
        };
        const from = bound(query.dateFrom, 'dateFrom');
        const to = bound(query.dateTo, 'dateTo');
        return { json: { deleted: await deleteEvents(deps, { type: query.eventTypeKey, from, to }) } };
      },
    }),
  );
  const token = ['/v1/token', '/v1/auth/token'].map((path) =>
    route({
      method: 'POST',
      path,
      tag,
      summary: 'A short-lived Bearer token for the methods of events only',
      may: 'events',
      body: tokenInput,
      query: nothing,
      async run({ body, key }) {
        if (key.onlyEvents) throw new UserError('forbidden', 'A token makes no further tokens; use an API key.');
        const seconds = body.expiresIn ?? DEFAULT_TOKEN_SECONDS;
        const issued = await tokens.issue(key.id, seconds);
        return {
          json: { token: issued.token, expiresIn: seconds, expiresAt: new Date(issued.expiresAt).toISOString() },
        };
      },
    }),
  );
  return [...live, ...past, ...taken, ...token];
}
