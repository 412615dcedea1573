import { z } from 'zod';
import { tagsSchema } from '#shared/contact/tag.schema.ts';

/** Body of a `campaign` document: what people prepare. It says nothing about progress; see campaignRunSchema. */
export const campaignSchema = z.object({
  name: z.string().trim().min(1, 'Give the campaign a name').max(120),
  messageId: z.string().nullable(),
  segmentId: z.string().nullable(),
  /** Wanted start; null = when somebody presses Send. Prepared offline it is only a wish: the server refuses a stale one. */
  scheduledAt: z.number().nullable(),
  createdAt: z.number(),
  tags: tagsSchema,
});
export type Campaign = z.infer<typeof campaignSchema>;
export const CAMPAIGN_VERSION = 1;

/** scheduled → (at its time) cancellable → sending ⇄ paused → done | stopped; cancelled before anything left. */
export const runStates = ['scheduled', 'cancellable', 'sending', 'paused', 'done', 'stopped', 'cancelled'] as const;
export type RunState = (typeof runStates)[number];

/** uncertain: the provider call was open when the process died; a person or a later receipt settles it. */
export const deliveryStates = [
  'queued',
  'sending',
  'sent',
  'bounced',
  'failed',
  'skipped',
  'uncertain',
  'cancelled',
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** Why a recipient got nothing. Each has words in the reports. */
export const skipReasons = [
  'noEmail',
  'invalidEmail',
  'unsubscribed',
  'bounced',
  'complained',
  'notSubscribed',
  'duplicateAddress',
  'demoAddress',
  'deleted',
  'missingVariable',
  'campaignStopped',
] as const;
export type SkipReason = (typeof skipReasons)[number];

const counts = z.partialRecord(z.enum(deliveryStates), z.int());

/** Body of a server-owned `campaign-run` document; its id is `run:<campaignId>`. */
export const campaignRunSchema = z.object({
  campaignId: z.string(),
  state: z.enum(runStates),
  subject: z.string(),
  messageName: z.string(),
  segmentName: z.string(),
  /** People who matched the segment when it was frozen. */
  recipients: z.int(),
  counts,
  skipped: z.partialRecord(z.enum(skipReasons), z.int()),
  scheduledAt: z.number().nullable(),
  /** End of the cancel window: nothing leaves before it. */
  cancelUntil: z.number().nullable(),
  startedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  /** Why it paused by itself, in words. */
  problem: z.string().nullable(),
});
export type CampaignRun = z.infer<typeof campaignRunSchema>;
export const CAMPAIGN_RUN_VERSION = 2;

/** What the pre-flight sheet shows before a launch. */
export const preflightSchema = z.object({
  matched: z.int(),
  recipients: z.int(),
  skipped: z.partialRecord(z.enum(skipReasons), z.int()),
  /** Variables the message uses, with the number of recipients for whom each is empty. */
  variables: z.array(z.object({ name: z.string(), known: z.boolean(), missing: z.int() })),
  links: z.array(z.object({ url: z.string(), problem: z.string().nullable() })),
  subject: z.string(),
  from: z.string(),
  /** What forbids the launch, in words; empty = may be launched. */
  blockers: z.array(z.object({ code: z.string(), message: z.string() })),
  warnings: z.array(z.string()),
});
export type Preflight = z.infer<typeof preflightSchema>;
