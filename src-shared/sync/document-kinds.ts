import type { z } from 'zod';
import { MEMBER_VERSION, memberSchema } from '#shared/account/member.schema.ts';
import {
  LAST_TEST_SEND_ID,
  lastTestSendSchema,
  SENDER_ID,
  SENDER_VERSION,
  senderSchema,
} from '#shared/api/settings.schema.ts';
import {
  CAMPAIGN_RUN_VERSION,
  CAMPAIGN_VERSION,
  campaignRunSchema,
  campaignSchema,
} from '#shared/campaign/campaign.schema.ts';
import { CATEGORY_VERSION, categorySchema } from '#shared/consent/category.schema.ts';
import { LIST_VERSION, listSchema } from '#shared/consent/list.schema.ts';
import { OPT_IN_ID, OPT_IN_VERSION, optInSchema } from '#shared/consent/opt-in.schema.ts';
import { CONTACT_EDIT_VERSION, contactEditNeeds, contactEditSchema } from '#shared/contact/contact-edit.schema.ts';
import { ERASURE_VERSION, erasureSchema } from '#shared/contact/erasure.schema.ts';
import { CONTACT_FIELD_VERSION, contactFieldNeeds, contactFieldSchema } from '#shared/contact/field.schema.ts';
import { VIEW_VERSION, viewSchema } from '#shared/contact/view.schema.ts';
import { EVENT_TYPE_VERSION, eventTypeNeeds, eventTypeSchema } from '#shared/event/event-type.schema.ts';
import { MESSAGE_VERSION, messageSchema } from '#shared/message/message.schema.ts';
import { SEGMENT_VERSION, segmentNeeds, segmentSchema } from '#shared/segment/segment.schema.ts';
import { SITE_VERSION, siteSchema } from '#shared/site/site.schema.ts';
import type { DocumentKind } from './envelope.schema.ts';
import { REVIEW_VERSION, reviewSchema } from './review.schema.ts';

/**
 * fields: both sides' changes are joined field by field. append: written once, never changed.
 * sets: written once but for its sets, which are joined; a deletion stands.
 * server: only the server writes it; whatever a client holds gives way.
 */
type MergeRule = 'fields' | 'append' | 'sets' | 'server';

export type KindSpec = {
  schema: z.ZodType<Record<string, unknown>>;
  /** Newest schemaVersion of the body that this build knows. */
  version: number;
  /** Oldest schemaVersion in which a body can be read, where that is not always the newest: an older build goes on with it. */
  needs?: (body: Readonly<Record<string, unknown>>) => number;
  merge: MergeRule;
  /** Ids the kind may have; null = any. */
  ids: readonly string[] | null;
  /** Fields that are sets: additions and removals of both sides are joined. */
  sets: readonly string[];
};

/** Everything sync knows of a kind of document; one entry per kind, used by the app and the server alike. */
export const kindSpecs: Readonly<Record<DocumentKind, KindSpec>> = {
  segment: {
    schema: segmentSchema,
    version: SEGMENT_VERSION,
    needs: segmentNeeds,
    merge: 'fields',
    ids: null,
    sets: ['tags'],
  },
  message: { schema: messageSchema, version: MESSAGE_VERSION, merge: 'fields', ids: null, sets: ['tags'] },
  campaign: { schema: campaignSchema, version: CAMPAIGN_VERSION, merge: 'fields', ids: null, sets: ['tags'] },
  setting: { schema: senderSchema, version: SENDER_VERSION, merge: 'fields', ids: [SENDER_ID, OPT_IN_ID], sets: [] },
  'contact-edit': {
    schema: contactEditSchema,
    version: CONTACT_EDIT_VERSION,
    needs: contactEditNeeds,
    merge: 'append',
    ids: null,
    sets: [],
  },
  review: { schema: reviewSchema, version: REVIEW_VERSION, merge: 'sets', ids: null, sets: ['settledBy'] },
  'event-type': {
    schema: eventTypeSchema,
    version: EVENT_TYPE_VERSION,
    needs: eventTypeNeeds,
    merge: 'fields',
    ids: null,
    sets: ['tags'],
  },
  site: {
    schema: siteSchema,
    version: SITE_VERSION,
    merge: 'fields',
    ids: null,
    sets: ['domains', 'ignoredAddresses', 'tags'],
  },
  'contact-field': {
    schema: contactFieldSchema,
    version: CONTACT_FIELD_VERSION,
    needs: contactFieldNeeds,
    merge: 'fields',
    ids: null,
    sets: ['allowedValues', 'tags'],
  },
  category: { schema: categorySchema, version: CATEGORY_VERSION, merge: 'fields', ids: null, sets: ['tags'] },
  list: { schema: listSchema, version: LIST_VERSION, merge: 'fields', ids: null, sets: ['tags'] },
  view: {
    schema: viewSchema,
    version: VIEW_VERSION,
    merge: 'fields',
    ids: null,
    sets: ['tags'],
  },
  member: { schema: memberSchema, version: MEMBER_VERSION, merge: 'server', ids: null, sets: [] },
  erasure: { schema: erasureSchema, version: ERASURE_VERSION, merge: 'server', ids: null, sets: [] },
  'campaign-run': { schema: campaignRunSchema, version: CAMPAIGN_RUN_VERSION, merge: 'server', ids: null, sets: [] },
};

/** Settings by id that are none of the sender's form: a kind of their own in all but name. */
export const otherSettings: Readonly<Record<string, KindSpec>> = {
  [OPT_IN_ID]: { schema: optInSchema, version: OPT_IN_VERSION, merge: 'fields', ids: null, sets: [] },
  [LAST_TEST_SEND_ID]: { schema: lastTestSendSchema, version: SENDER_VERSION, merge: 'server', ids: null, sets: [] },
};

/** What is known of the document `id` of a kind; null for a kind this build does not know, and for kinds that never travel. */
export function kindSpec(kind: string, id: string): KindSpec | null {
  if (!isSyncedKind(kind)) return null;
  return (kind === 'setting' && Object.hasOwn(otherSettings, id) ? otherSettings[id] : undefined) ?? kindSpecs[kind];
}

/** How documents of a kind are merged; one this build does not know, field by field. */
export function mergeRule(kind: string): Pick<KindSpec, 'merge' | 'sets'> {
  return isSyncedKind(kind) ? kindSpecs[kind] : { merge: 'fields', sets: [] };
}

function isSyncedKind(kind: string): kind is DocumentKind {
  return Object.hasOwn(kindSpecs, kind);
}
