import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { type ErrorCode, UserError } from '#shared/kernel/errors.ts';
import { messageSchema } from '#shared/message/message.schema.ts';
import { revenueInput } from '#shared/report/revenue.schema.ts';
import { pullInput, pushInput, tailInput } from '#shared/sync/wire.schema.ts';
import { importKinds, importMap } from './import.schema.ts';
import type { Caller, Ports } from './ports.ts';

export type ApiContext = { ports: Ports; caller: Caller | null };

const statusOf: Record<ErrorCode, TRPCError['code']> = {
  invalid_input: 'BAD_REQUEST',
  unauthorized: 'UNAUTHORIZED',
  forbidden: 'FORBIDDEN',
  not_found: 'NOT_FOUND',
  conflict: 'CONFLICT',
  too_large: 'PAYLOAD_TOO_LARGE',
  rate_limited: 'TOO_MANY_REQUESTS',
  not_ready: 'SERVICE_UNAVAILABLE',
  sending_stopped: 'PRECONDITION_FAILED',
  public_url_unverified: 'PRECONDITION_FAILED',
  stale_schedule: 'PRECONDITION_FAILED',
  epoch_changed: 'PRECONDITION_FAILED',
  newer_version: 'PRECONDITION_FAILED',
  internal: 'INTERNAL_SERVER_ERROR',
};

const t = initTRPC.context<ApiContext>().create({
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

const signedIn = open.use(({ ctx, next }) => {
  if (!ctx.caller) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' });
  return next({ ctx: { ports: ctx.ports, caller: ctx.caller } });
});

const id = z.string().min(1).max(80);
const campaignInput = z.object({ campaignId: id });

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
    me: signedIn.query(({ ctx }) => ctx.caller),
  }),
  sync: t.router({
    pull: signedIn.input(pullInput).mutation(({ ctx, input }) => ctx.ports.sync.pull(ctx.caller, input)),
    push: signedIn.input(pushInput).mutation(({ ctx, input }) => ctx.ports.sync.push(ctx.caller, input)),
    manifest: signedIn.query(({ ctx }) => ctx.ports.sync.manifest(ctx.caller)),
    tail: signedIn.input(tailInput).mutation(({ ctx, input }) => ctx.ports.sync.tail(ctx.caller, input)),
    stream: signedIn.subscription(async function* ({ ctx, signal }) {
      yield* ctx.ports.sync.hints(ctx.caller, signal);
    }),
  }),
  campaign: t.router({
    preflight: signedIn
      .input(campaignInput)
      .query(({ ctx, input }) => ctx.ports.campaigns.preflight(ctx.caller, input.campaignId)),
    launch: signedIn
      .input(campaignInput.extend({ scheduledAt: z.number().nullable() }))
      .mutation(({ ctx, input }) => ctx.ports.campaigns.launch(ctx.caller, input)),
    pause: signedIn
      .input(campaignInput)
      .mutation(({ ctx, input }) => ctx.ports.campaigns.pause(ctx.caller, input.campaignId)),
    resume: signedIn
      .input(campaignInput)
      .mutation(({ ctx, input }) => ctx.ports.campaigns.resume(ctx.caller, input.campaignId)),
    stop: signedIn
      .input(campaignInput)
      .mutation(({ ctx, input }) => ctx.ports.campaigns.stop(ctx.caller, input.campaignId)),
    cancel: signedIn
      .input(campaignInput)
      .mutation(({ ctx, input }) => ctx.ports.campaigns.cancel(ctx.caller, input.campaignId)),
    settleUncertain: signedIn
      .input(campaignInput.extend({ as: z.enum(['sent', 'failed']) }))
      .mutation(({ ctx, input }) => ctx.ports.campaigns.settleUncertain(ctx.caller, input)),
    testSend: signedIn
      .input(z.object({ message: messageSchema, contactId: z.int().min(1).nullable() }))
      .mutation(({ ctx, input }) => ctx.ports.campaigns.testSend(ctx.caller, input)),
  }),
  sending: t.router({
    status: signedIn.query(({ ctx }) => ctx.ports.campaigns.sendingStatus(ctx.caller)),
    stopAll: signedIn.mutation(({ ctx }) => ctx.ports.campaigns.stopAll(ctx.caller)),
    resumeAll: signedIn.mutation(({ ctx }) => ctx.ports.campaigns.resumeAll(ctx.caller)),
    verifyPublicUrl: signedIn.mutation(({ ctx }) => ctx.ports.campaigns.verifyPublicUrl(ctx.caller)),
  }),
  import: t.router({
    start: signedIn
      .input(z.object({ uploadId: id, kind: z.enum(importKinds), map: importMap }))
      .mutation(({ ctx, input }) => ctx.ports.imports.start(ctx.caller, input)),
    get: signedIn.input(z.object({ id })).query(({ ctx, input }) => ctx.ports.imports.get(ctx.caller, input.id)),
    list: signedIn.query(({ ctx }) => ctx.ports.imports.list(ctx.caller)),
  }),
  report: t.router({
    revenue: signedIn.input(revenueInput).query(({ ctx, input }) => ctx.ports.reports.revenue(ctx.caller, input)),
  }),
  demo: t.router({
    load: signedIn.mutation(({ ctx }) => ctx.ports.demo.load(ctx.caller)),
    remove: signedIn.mutation(({ ctx }) => ctx.ports.demo.remove(ctx.caller)),
    loaded: signedIn.query(({ ctx }) => ctx.ports.demo.loaded(ctx.caller)),
  }),
  apiKey: t.router({
    create: signedIn
      .input(z.object({ scope: z.enum(['full', 'events', 'contacts', 'messages']), name: z.string().trim().max(120) }))
      .mutation(({ ctx, input }) => ctx.ports.apiKeys.create(ctx.caller, input)),
    list: signedIn.query(({ ctx }) => ctx.ports.apiKeys.list(ctx.caller)),
    revoke: signedIn
      .input(z.object({ id }))
      .mutation(({ ctx, input }) => ctx.ports.apiKeys.revoke(ctx.caller, input.id)),
  }),
});
export type AppRouter = typeof appRouter;
