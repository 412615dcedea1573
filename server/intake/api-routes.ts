/** The public HTTP API of eSputnik/Yespo (Basic, the key is the password). */
import type { FastifyInstance } from 'fastify';
import { v4 as uuid } from 'uuid';
import type { ApiKeys } from '#server/accounts/api-keys.ts';
import { answerError } from '#server/http/error-answer.ts';
import { bucketOf } from '#server/identity/buckets.ts';
import { identifiersOf } from '#server/identity/contact-record.ts';
import { type ContactWrite, writeContact } from '#server/identity/write-contacts.ts';
import type { Deps } from '#server/service.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { requireKey } from './basic-auth.ts';
import { parseContact, parseContacts } from './contact-requests.ts';
import { drainBucket } from './drain-bucket.ts';
import { parseEvent } from './event-requests.ts';
import type { Intake } from './intake.ts';
import { parseOrders } from './order-requests.ts';

const BODY_LIMIT = 10 * 1024 * 1024;
/** How long a request waits for what was sent about its contact before. */
const PENDING_MS = 3_000;
const ZONE_MS = 10_000;

export function apiRoutes(deps: Deps, parts: { intake: Pick<Intake, 'append'>; apiKeys: Pick<ApiKeys, 'verify'> }) {
  const { intake, apiKeys } = parts;
  let zone = { until: 0, name: 'UTC' };

  async function workspaceZone(): Promise<string> {
    if (zone.until <= deps.now()) {
      const [row] = await deps.db.query<{ time_zone: string }>('select time_zone from workspace where id = 1');
      zone = { until: deps.now() + ZONE_MS, name: row?.time_zone ?? 'UTC' };
    }
    return zone.name;
  }

  /** What waits in the log about these identities comes first; only then may the request be answered with a result. */
  async function settlePending({ values }: ContactWrite): Promise<void> {
    const buckets = [...new Set(identifiersOf(values).map(({ value }) => bucketOf(value)))];
    const deadline = performance.now() + PENDING_MS;
    for (const bucket of buckets) {
      const rows = await deps.db.query('select 1 from intake where bucket = $1 limit 1', [bucket]);
      if (rows.length === 0) continue;
      for (;;) {
        const result = await drainBucket(deps, bucket);
        // A row that keeps failing must not fail this request.
        if (result === 'empty' || result === 'waiting' || performance.now() > deadline) break;
        if (result === 'busy') await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  return async (app: FastifyInstance): Promise<void> => {
    await app.register(async (api) => {
      api.setErrorHandler(answerError);
      // Browsers send JSON as text/plain where they may not ask first.
      api.addContentTypeParser('text/plain', { parseAs: 'string' }, api.getDefaultJsonParser('error', 'error'));
      const limit = { bodyLimit: BODY_LIMIT };

      api.post('/api/v1/contact', limit, async (request, reply) => {
        await requireKey(apiKeys, request, reply, { keyIs: 'password', may: 'contacts' });
        const parsed = parseContact(request.body);
        if (!parsed.ok) throw new UserError('invalid_input', parsed.error.message, parsed.error.field || undefined);
        await settlePending(parsed.value);
        const { id } = await deps.db.tx((tx) => writeContact(tx, parsed.value, { source: 'API', now: deps.now() }));
        deps.wake.notify('dirty');
        if (id === 0) throw new UserError('not_found', 'There is no contact with this id.', 'id');
        return { id };
      });

      api.post('/api/v1/contacts', limit, async (request, reply) => {
        await requireKey(apiKeys, request, reply, { keyIs: 'password', may: 'contacts' });
        const { rows, failed } = parseContacts(request.body);
        await intake.append(rows);
        return { id: 0, asyncSessionId: uuid(), failedContacts: failed };
      });

      for (const [path, version] of [
        ['/api/v3/event', 3],
        ['/api/v2/event', 1],
        ['/api/v1/event', 1],
      ] as const) {
        api.post(path, limit, async (request, reply) => {
          await requireKey(apiKeys, request, reply, { keyIs: 'password', may: 'events' });
          await intake.append([parseEvent(request.body, version, deps.now())]);
          return reply.code(200).send();
        });
      }

      api.post('/api/v1/orders', limit, async (request, reply) => {
        await requireKey(apiKeys, request, reply, { keyIs: 'password', may: 'contacts' });
        const { rows, failed } = parseOrders(request.body, await workspaceZone());
        await intake.append(rows);
        return { id: 0, asyncSessionId: uuid(), failedOrders: failed };
      });

      api.get('/api/v1/account/info', async (request, reply) => {
        await requireKey(apiKeys, request, reply, { keyIs: 'password' });
        const [row] = await deps.db.query<{ id: number; name: string; email: string | null }>(
          'select id, name, (select email from "user" order by "createdAt" limit 1) as email from workspace where id = 1',
        );
        return { orgId: row?.id ?? 1, userEmail: row?.email ?? '', organisationName: row?.name ?? '' };
      });
    });
  };
}
