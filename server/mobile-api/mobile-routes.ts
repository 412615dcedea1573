/** The wire of the Reteno mobile SDK: apps that talk to Yespo work by changing their host and access key. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiKeys } from '#server/accounts/api-keys.ts';
import { createFieldMatcher } from '#server/contacts/field-matcher.ts';
import { answerError } from '#server/http/error-answer.ts';
import { acceptJsonBodies } from '#server/http/json-body.ts';
import { mayWrite, onlyFills } from '#server/intake/basic-auth.ts';
import type { Intake } from '#server/intake/intake.ts';
import { parseBody } from '#server/intake/parse-body.ts';
import type { Deps } from '#server/service.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { browserRoutes, letPagesIn } from './browser-access.ts';
import { emptyAnswers } from './empty-answers.ts';
import {
  deviceInput,
  eventsInput,
  inAppInput,
  interactionInput,
  recommendationEvents,
  userInput,
} from './mobile.schema.ts';
import { type Device, deviceRows, eventRow, eventRows, instantOf, userRows } from './mobile-rows.ts';

const BODY_LIMIT = 1024 * 1024;
const ACCESS_KEY = 'x-reteno-access-key';

const interactionEvent = { DELIVERED: 'pushDelivered', OPENED: 'pushOpened', CLICKED: 'pushClicked' } as const;
const inAppEvent = { OPENED: 'inAppOpened', FAILED: 'inAppFailed' } as const;

const headerText = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
};

/** Apps try again what is answered 408 or 5xx and throw everything else away: "later" must be 503 to them. */
function answerMobileError(error: FastifyError | UserError, request: FastifyRequest, reply: FastifyReply): void {
  const isBusy = error instanceof UserError && error.code === 'rate_limited';
  answerError(isBusy ? new UserError('not_ready', error.message) : error, request, reply);
}

export function mobileRoutes(
  deps: Pick<Deps, 'now' | 'db' | 'config'>,
  parts: { intake: Pick<Intake, 'append'>; apiKeys: Pick<ApiKeys, 'verify'> },
) {
  const { intake, apiKeys } = parts;
  const { now } = deps;
  const region = deps.config.defaultRegion;
  const readMatcher = createFieldMatcher(deps);
  /** Whether the key of a request may only fill what is empty. */
  const filling = new WeakMap<FastifyRequest, boolean>();
  const onlyFillOf = (request: FastifyRequest): boolean => filling.get(request) ?? true;
  const deviceOf = (request: FastifyRequest): Device => ({
    deviceId: headerText(request, 'x-reteno-device-id'),
    onlyFill: onlyFillOf(request),
    region,
  });

  /** The scope “events” is enough: a key that lies in an app must be able to write, and to read nothing. */
  async function checkKey(request: FastifyRequest): Promise<void> {
    const given = headerText(request, ACCESS_KEY);
    const key = given ? await apiKeys.verify(given) : null;
    if (!key) {
      const message = given ? 'This access key is not valid.' : 'Give an API key in X-Reteno-Access-Key.';
      throw new UserError('unauthorized', message);
    }
    if (!mayWrite(key, 'events')) throw new UserError('forbidden', 'This API key may not be used by an app.');
    filling.set(request, onlyFills(key));
  }

  function personRoutes(api: FastifyInstance): void {
    api.post('/api/v1/device', async (request) => {
      const reading = { now: now(), onlyFill: onlyFillOf(request), region };
      await intake.append(deviceRows(parseBody(deviceInput, request.body), reading));
      return {};
    });
    api.post('/api/v1/user', async (request) => {
      const reading = { now: now(), onlyFill: onlyFillOf(request), region, matchFields: await readMatcher() };
      await intake.append(userRows(parseBody(userInput, request.body), reading));
      return {};
    });
    // The same path without an access key is the eSputnik API's.
    api.post('/api/v1/events', { constraints: { accessKey: true } }, async (request) => {
      const { deviceId, externalUserId, events } = parseBody(eventsInput, request.body);
      const device = { deviceId, externalUserId, onlyFill: onlyFillOf(request), region };
      const { rows, rejected } = eventRows(device, events, now());
      await intake.append(rows);
      return { rejected };
    });
  }

  function interactionRoutes(api: FastifyInstance): void {
    api.put<{ Params: { id: string } }>('/api/v1/interactions/:id/status', async (request) => {
      const { token, time, ...about } = parseBody(interactionInput, request.body);
      const event = { type: interactionEvent[about.status], at: instantOf(time, now()), keyValue: request.params.id };
      const params = { interactionId: request.params.id, ...about };
      await intake.append([eventRow({ ...deviceOf(request), pushToken: token }, { ...event, params })]);
      return {};
    });
    api.post('/api/v1/interaction', async (request) => {
      const { time, ...params } = parseBody(inAppInput, request.body);
      const event = { type: inAppEvent[params.status], at: instantOf(time, now()), keyValue: params.iid };
      await intake.append([eventRow(deviceOf(request), { ...event, params })]);
      return {};
    });
    api.post('/api/v1/recoms/events', async (request) => {
      const { events } = parseBody(recommendationEvents, request.body);
      const device = deviceOf(request);
      const at = now();
      await intake.append(
        events.map((params) =>
          eventRow(device, { type: 'recommendationsSeen', at, params, keyValue: params.recomVariantId }),
        ),
      );
      return {};
    });
  }

  return async (app: FastifyInstance): Promise<void> => {
    app.addConstraintStrategy({
      name: 'accessKey',
      storage: () => {
        const routes = new Map();
        return { get: (value) => routes.get(value) ?? null, set: (value, route) => void routes.set(value, route) };
      },
      deriveConstraint: (request) => (ACCESS_KEY in request.headers ? true : undefined),
    });
    await app.register(browserRoutes);
    await app.register(async (api) => {
      api.setErrorHandler(answerMobileError);
      acceptJsonBodies(api, { limit: BODY_LIMIT });
      api.addHook('onRequest', letPagesIn);
      api.addHook('onRequest', checkKey);
      personRoutes(api);
      interactionRoutes(api);
      emptyAnswers(api);
    });
  };
}
