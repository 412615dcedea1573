import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { newMemberSchema } from '#shared/account/member.schema.ts';
import { can, type Right, roles } from '#shared/account/roles.ts';
import { bulkAction, bulkTarget } from '#shared/contact/bulk.schema.ts';
import { addressChange } from '#shared/contact/contact-address.schema.ts';
import { newContactShape } from '#shared/contact/new-contact.schema.ts';
import { latestEventsInput } from '#shared/event/live-event.schema.ts';
import { fileFormat } from '#shared/import/file-format.schema.ts';
import { type ErrorCode, UserError } from '#shared/kernel/errors.ts';
import { messageSchema } from '#shared/message/message.schema.ts';
import { revenueInput } from '#shared/report/revenue.schema.ts';
import { helloInput, pullInput, pushInput, tailInput } from '#shared/sync/wire.schema.ts';
import { importPlan } from './import.schema.ts';
import { apiKeyScopes, type Caller, type Ports } from './ports.ts';

export type ApiContext = {
  ports: Ports;
  caller: Caller | null;
  /** Which protocol the client speaks (VER-4). */
  protocol: number;
  /** The oldest protocol this server still serves. */
  oldestClient: number;
  /** Where the request came from, for limits on what anybody may ask. */
  address: string;
};

const statusOf: Record<ErrorCode, TRPCError['code']> = {
  invalid_input: 'BAD_REQUEST',
  unauthorized: 'UNAUTHORIZED',
  forbidden: 'FORBIDDEN',
  not_found: 'NOT_FOUND',
  conflict: 'CONFLICT',
  duplicate_request: 'BAD_REQUEST',
  too_large: 'PAYLOAD_TOO_LARGE',
  rate_limited: 'TOO_MANY_REQUESTS',
  not_ready: 'SERVICE_UNAVAILABLE',
  sending_stopped: 'PRECONDITION_FAILED',
  public_url_unverified: 'PRECONDITION_FAILED',
  stale_schedule: 'PRECONDITION_FAILED',
  epoch_changed: 'PRECONDITION_FAILED',
  newer_version: 'PRECONDITION_FAILED',
  resync_needed: 'PRECONDITION_FAILED',
  client_too_old: 'PRECONDITION_FAILED',
  internal: 'INTERNAL_SERVER_ERROR',
};

/** What a procedure asks of its caller; null = nothing, not even a sign-in. */
type Meta = { right: Right | null };

const t = initTRPC
  .context<ApiContext>()
  .meta<Meta>()
  .create({
    defaultMeta: { right: null },
    sse: { ping: { enabled: true, intervalMs: 10_000 }, client: { reconnectAfterInactivityMs: 30_000 } },
    errorFormatter({ shape, error }) {
      const cause = error.cause;
      return {
        ...shape,
        message:
          cause instanceof UserError || error.code !== 'INTERNAL_SERVER_ERROR'
            ? shape.message
            : 'The server failed; see its log.',
        data: {
          ...shape.data,
          stack: undefined,
          reason: cause instanceof UserError ? cause.code : null,
          field: cause instanceof UserError ? (cause.field ?? null) : null,
        },
      };
    },
  });

/** UserErrors become typed tRPC errors at this one edge; anything else is an internal error with its cause kept. */
const open = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof UserError) {
    const cause = result.error.cause;
    throw new TRPCError({ code: statusOf[cause.code], message: cause.message, cause });
  }
  return result;
});

/** For signed-in callers whose role has the right. */
const needs = (right: Right) =>
  open.meta({ right }).use(({ ctx, next }) => {
    if (!ctx.caller) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' });
    if (!can(ctx.caller.role, right)) {
      const cause = new UserError('forbidden', 'Your role does not allow this. Ask an administrator.');
      throw new TRPCError({ code: 'FORBIDDEN', message: cause.message, cause });
    }
    return next({ ctx: { ...ctx, caller: ctx.caller } });
  });

/** What devices do by themselves, again and again: one too old is told so, in words its screen shows (VER-4). */
const syncs = needs('read').use(({ ctx, next }) => {
  if (ctx.protocol < ctx.oldestClient) {
    throw new UserError(
      'client_too_old',
      `This app is too old for its server: it speaks version ${ctx.protocol}, the server needs ${ctx.oldestClient} or newer. Reload the page or update the app; what you changed here is kept.`,
    );
  }
  return next();
});

/** Changes values that are personal by themselves: whoever does not see them cannot change them. */
const changesPersonal = needs('editContacts').use(({ ctx, next }) => {
  if (can(ctx.caller.role, 'readPersonal')) return next();
  throw new UserError('forbidden', 'Your role does not see personal data, so it cannot change it.');
});

const id = z.string().min(1).max(80);
const contactIds = z.array(z.int().min(1)).min(1, 'Choose a contact').max(10_000, 'At most 10,000 contacts at once');
const evidence = z.string().trim().max(2_000).nullable();
const campaignInput = z.object({ campaignId: id });
const contactInput = z.object({ contactId: z.int().min(1) });
const problemInput = z.object({ ids: z.array(z.int().min(1)).min(1, 'Choose a row').max(1_000).nullable() });
const pairInput = contactInput.extend({ otherId: z.int().min(1) });

/** Written over ports, so that the app needs no type from server/. */
export const appRouter = t.router({
  system: t.router({
    info: open.query(({ ctx }) => ctx.ports.system.info()),
    setup: open
      .input(
        z.object({
          code: z.string().trim().min(1, 'Enter the code from the console'),
          email: z.email('Enter an email address'),
          password: z.string().min(10, 'Use at least 10 characters').max(200),
          name: z.string().trim().min(1, 'Enter your name').max(120),
          workspace: z.string().trim().min(1, 'Name the workspace').max(120),
        }),
      )
      .mutation(({ ctx, input }) => ctx.ports.system.setup(input)),
    me: needs('read').query(({ ctx }) => ctx.caller),
  }),
  sync: t.router({
    pull: syncs.input(pullInput).mutation(({ ctx, input }) => ctx.ports.sync.pull(ctx.caller, input)),
    push: syncs.input(pushInput).mutation(({ ctx, input }) => ctx.ports.sync.push(ctx.caller, input)),
    manifest: syncs.query(({ ctx }) => ctx.ports.sync.manifest(ctx.caller, ctx.protocol)),
    tail: syncs.input(tailInput).mutation(({ ctx, input }) => ctx.ports.sync.tail(ctx.caller, input, ctx.protocol)),
    stream: syncs.subscription(async function* ({ ctx, signal }) {
      yield* ctx.ports.sync.hints(ctx.caller, signal);
    }),
  }),
  campaign: t.router({
    preflight: needs('read')
      .input(campaignInput)
      .query(({ ctx, input }) => ctx.ports.campaigns.preflight(ctx.caller, input.campaignId)),
    launch: needs('send')
      .input(campaignInput.extend({ scheduledAt: z.number().nullable() }))
      .mutation(({ ctx, input }) => ctx.ports.campaigns.launch(ctx.caller, input)),
    pause: needs('send')
      .input(campaignInput)
      .mutation(({ ctx, input }) => ctx.ports.campaigns.pause(ctx.caller, input.campaignId)),
    resume: needs('send')
      .input(campaignInput)
      .mutation(({ ctx, input }) => ctx.ports.campaigns.resume(ctx.caller, input.campaignId)),
    stop: needs('send')
      .input(campaignInput)
      .mutation(({ ctx, input }) => ctx.ports.campaigns.stop(ctx.caller, input.campaignId)),
    cancel: needs('send')
      .input(campaignInput)
      .mutation(({ ctx, input }) => ctx.ports.campaigns.cancel(ctx.caller, input.campaignId)),
    settleUncertain: needs('send')
      .input(campaignInput.extend({ as: z.enum(['sent', 'failed']) }))
      .mutation(({ ctx, input }) => ctx.ports.campaigns.settleUncertain(ctx.caller, input)),
    testSend: needs('send')
      .input(z.object({ message: messageSchema, contactId: z.int().min(1).nullable() }))
      .mutation(({ ctx, input }) => ctx.ports.campaigns.testSend(ctx.caller, input)),
  }),
  sending: t.router({
    status: needs('read').query(({ ctx }) => ctx.ports.campaigns.sendingStatus(ctx.caller)),
    stopAll: needs('send').mutation(({ ctx }) => ctx.ports.campaigns.stopAll(ctx.caller)),
    resumeAll: needs('administer').mutation(({ ctx }) => ctx.ports.campaigns.resumeAll(ctx.caller)),
    verifyPublicUrl: needs('administer').mutation(({ ctx }) => ctx.ports.campaigns.verifyPublicUrl(ctx.caller)),
  }),
  import: t.router({
    // Posted, because a file may have many columns: an address would be too short for them.
    describe: needs('import')
      .input(z.object({ uploadId: id, format: fileFormat }))
      .mutation(({ ctx, input }) => ctx.ports.imports.describe(ctx.caller, input)),
    preview: needs('import')
      .input(importPlan)
      .mutation(({ ctx, input }) => ctx.ports.imports.preview(ctx.caller, input)),
    check: needs('import')
      .input(importPlan)
      .mutation(({ ctx, input }) => ctx.ports.imports.check(ctx.caller, input)),
    start: needs('import')
      .input(importPlan)
      .mutation(({ ctx, input }) => ctx.ports.imports.start(ctx.caller, input)),
    undo: needs('import')
      .input(z.object({ id }))
      .mutation(({ ctx, input }) => ctx.ports.imports.undo(ctx.caller, input.id)),
    get: needs('import')
      .input(z.object({ id }))
      .query(({ ctx, input }) => ctx.ports.imports.get(ctx.caller, input.id)),
    list: needs('import').query(({ ctx }) => ctx.ports.imports.list(ctx.caller)),
  }),
  report: t.router({
    revenue: needs('read')
      .input(revenueInput)
      .query(({ ctx, input }) => ctx.ports.reports.revenue(ctx.caller, input)),
  }),
  demo: t.router({
    load: needs('administer').mutation(({ ctx }) => ctx.ports.demo.load(ctx.caller)),
    remove: needs('administer').mutation(({ ctx }) => ctx.ports.demo.remove(ctx.caller)),
    loaded: needs('read').query(({ ctx }) => ctx.ports.demo.loaded(ctx.caller)),
  }),
  member: t.router({
    list: needs('administer').query(({ ctx }) => ctx.ports.members.list(ctx.caller)),
    add: needs('administer')
      .input(newMemberSchema)
      .mutation(({ ctx, input }) => ctx.ports.members.add(ctx.caller, input)),
    setRole: needs('administer')
      .input(z.object({ userId: id, role: z.enum(roles, 'Choose a role') }))
      .mutation(({ ctx, input }) => ctx.ports.members.setRole(ctx.caller, input)),
    remove: needs('administer')
      .input(z.object({ userId: id }))
      .mutation(({ ctx, input }) => ctx.ports.members.remove(ctx.caller, input.userId)),
  }),
  device: t.router({
    hello: syncs
      .input(helloInput)
      .mutation(({ ctx, input }) => ctx.ports.devices.hello(ctx.caller, input, ctx.protocol)),
    list: needs('read').query(({ ctx }) => ctx.ports.devices.list(ctx.caller)),
    signOut: needs('read')
      .input(z.object({ id }))
      .mutation(({ ctx, input }) => ctx.ports.devices.signOut(ctx.caller, input.id)),
    state: open.input(z.object({ id })).query(({ ctx, input }) => ctx.ports.devices.state(input.id, ctx.address)),
    wiped: open.input(z.object({ id })).mutation(({ ctx, input }) => ctx.ports.devices.wiped(input.id, ctx.address)),
  }),
  contact: t.router({
    events: needs('read')
      .input(z.object({ contactId: z.int().min(1) }))
      .query(({ ctx, input }) => ctx.ports.events.ofContact(ctx.caller, input.contactId)),
    segments: needs('read')
      .input(contactInput)
      .query(({ ctx, input }) => ctx.ports.segments.ofContact(ctx.caller, input.contactId)),
    erase: needs('administer')
      .input(contactInput)
      .mutation(({ ctx, input }) => ctx.ports.contacts.erase(ctx.caller, input.contactId)),
    duplicates: needs('readPersonal')
      .input(z.object({ after: z.string().max(1000).nullable() }))
      .query(({ ctx, input }) => ctx.ports.contacts.duplicates(ctx.caller, input.after)),
    previewMerge: needs('readPersonal')
      .input(pairInput)
      .query(({ ctx, input }) => ctx.ports.contacts.previewMerge(ctx.caller, input)),
    merge: needs('editContacts')
      .input(pairInput)
      .mutation(({ ctx, input }) => ctx.ports.contacts.merge(ctx.caller, input)),
    merges: needs('readPersonal')
      .input(contactInput)
      .query(({ ctx, input }) => ctx.ports.contacts.merges(ctx.caller, input.contactId)),
    undoMerge: needs('editContacts')
      .input(z.object({ mergeId: z.int().min(1) }))
      .mutation(({ ctx, input }) => ctx.ports.contacts.undoMerge(ctx.caller, input.mergeId)),
    keepApart: needs('editContacts')
      .input(pairInput)
      .mutation(({ ctx, input }) => ctx.ports.contacts.keepApart(ctx.caller, input)),
    remove: needs('editContacts')
      .input(contactInput)
      .mutation(({ ctx, input }) => ctx.ports.contacts.remove(ctx.caller, input.contactId)),
    restore: needs('editContacts')
      .input(contactInput)
      .mutation(({ ctx, input }) => ctx.ports.contacts.restore(ctx.caller, input.contactId)),
    deleted: needs('readPersonal').query(({ ctx }) => ctx.ports.contacts.deleted(ctx.caller)),
    everything: needs('readPersonal')
      .input(contactInput)
      .query(({ ctx, input }) => ctx.ports.contacts.everything(ctx.caller, input.contactId)),
    addresses: needs('readPersonal')
      .input(contactInput)
      .query(({ ctx, input }) => ctx.ports.contacts.addresses(ctx.caller, input.contactId)),
    identifiers: needs('readPersonal')
      .input(contactInput)
      .query(({ ctx, input }) => ctx.ports.contacts.identifiers(ctx.caller, input.contactId)),
    add: changesPersonal.input(newContactShape).mutation(({ ctx, input }) => ctx.ports.contacts.add(ctx.caller, input)),
    changeAddress: changesPersonal
      .input(addressChange)
      .mutation(({ ctx, input }) => ctx.ports.contacts.changeAddress(ctx.caller, input)),
  }),
  event: t.router({
    latest: needs('read')
      .input(latestEventsInput)
      .query(({ ctx, input }) => ctx.ports.events.latest(ctx.caller, input)),
    typeFacts: needs('read')
      .input(z.object({ key: z.string().min(1).max(200) }))
      .query(({ ctx, input }) => ctx.ports.events.typeFacts(ctx.caller, input.key)),
  }),
  problem: t.router({
    count: needs('read').query(({ ctx }) => ctx.ports.problems.count(ctx.caller)),
    list: needs('read')
      .input(z.object({ before: z.int().min(1).nullable() }))
      .query(({ ctx, input }) => ctx.ports.problems.list(ctx.caller, input)),
    retry: needs('import')
      .input(problemInput)
      .mutation(({ ctx, input }) => ctx.ports.problems.retry(ctx.caller, input)),
    discard: needs('administer')
      .input(problemInput)
      .mutation(({ ctx, input }) => ctx.ports.problems.discard(ctx.caller, input)),
  }),
  site: t.router({
    seen: needs('read')
      .input(z.object({ siteId: id }))
      .query(({ ctx, input }) => ctx.ports.sites.seen(ctx.caller, input.siteId)),
  }),
  bulk: t.router({
    prepare: needs('editContacts')
      .input(z.object({ target: bulkTarget, action: bulkAction }))
      .mutation(({ ctx, input }) => ctx.ports.bulk.prepare(ctx.caller, input)),
    start: needs('editContacts')
      .input(z.object({ id }))
      .mutation(({ ctx, input }) => ctx.ports.bulk.start(ctx.caller, input.id)),
    cancel: needs('editContacts')
      .input(z.object({ id }))
      .mutation(({ ctx, input }) => ctx.ports.bulk.cancel(ctx.caller, input.id)),
    undo: needs('editContacts')
      .input(z.object({ id }))
      .mutation(({ ctx, input }) => ctx.ports.bulk.undo(ctx.caller, input.id)),
    list: needs('editContacts').query(({ ctx }) => ctx.ports.bulk.list(ctx.caller)),
  }),
  consent: t.router({
    setList: needs('editContacts')
      .input(z.object({ contactIds, listId: id, member: z.boolean() }))
      .mutation(({ ctx, input }) => ctx.ports.consent.setList(ctx.caller, input)),
    setSubscription: needs('editContacts')
      .input(z.object({ contactIds, categoryId: id, subscribed: z.boolean(), evidence }))
      .mutation(({ ctx, input }) => ctx.ports.consent.setSubscription(ctx.caller, input)),
    setMail: needs('editContacts')
      .input(z.object({ contactId: z.int().min(1), allowed: z.boolean(), evidence }))
      .mutation(({ ctx, input }) => ctx.ports.consent.setMail(ctx.caller, input)),
    history: needs('readPersonal')
      .input(z.object({ contactId: z.int().min(1) }))
      .query(({ ctx, input }) => ctx.ports.consent.history(ctx.caller, input.contactId)),
  }),
  apiKey: t.router({
    create: needs('administer')
      .input(z.object({ scope: z.enum(apiKeyScopes), name: z.string().trim().max(120) }))
      .mutation(({ ctx, input }) => ctx.ports.apiKeys.create(ctx.caller, input)),
    list: needs('administer').query(({ ctx }) => ctx.ports.apiKeys.list(ctx.caller)),
    setEnabled: needs('administer')
      .input(z.object({ id, enabled: z.boolean() }))
      .mutation(({ ctx, input }) => ctx.ports.apiKeys.setEnabled(ctx.caller, input)),
    revoke: needs('administer')
      .input(z.object({ id }))
      .mutation(({ ctx, input }) => ctx.ports.apiKeys.revoke(ctx.caller, input.id)),
  }),
});
export type AppRouter = typeof appRouter;
