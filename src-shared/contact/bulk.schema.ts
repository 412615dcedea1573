import { z } from 'zod';
import { ruleSchema } from '#shared/segment/segment.schema.ts';
import { type EditableField, editableFields } from './contact-edit.schema.ts';
import { fieldIdSchema } from './field.schema.ts';
import { tagSchema } from './tag.schema.ts';

/** What can be said of many contacts at once: an address or a phone belongs to one. */
export type BulkField = Exclude<EditableField, 'email' | 'phone'>;
export const bulkFields = editableFields.filter((field): field is BulkField => field !== 'email' && field !== 'phone');

/** Contacts that can be named one by one; more are meant by a filter. */
export const MAX_CHOSEN = 100_000;
/** Edits that are made without the server: each is a document of its own. */
export const MAX_OFFLINE = 500;

const contactId = z.int().min(1);
const id = z.string().min(1).max(80);

/** Whom a bulk change means. The server finds out when it is prepared; what changes later does not count. */
export const bulkTarget = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('chosen'),
    ids: z
      .array(contactId)
      .min(1, 'Choose a contact')
      .max(MAX_CHOSEN, 'Choose fewer contacts, or take the whole filter'),
  }),
  z.object({
    kind: z.literal('filter'),
    rule: ruleSchema.nullable(),
    /** As in the list: each word occurs in a name, address, phone or External ID. */
    search: z.string().max(500).default(''),
    /** Taken out by hand. */
    except: z.array(contactId).max(10_000, 'Too many contacts are taken out by hand: filter them out').default([]),
  }),
]);
export type BulkTarget = z.infer<typeof bulkTarget>;

/** Of all mail to the address, not of one category. */
export const ALL_CATEGORIES = 'all';

export const bulkAction = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('field'),
    field: z.union([z.enum(bulkFields), fieldIdSchema]),
    /** As typed; null empties the field. */
    to: z.string().max(8_000).nullable(),
  }),
  z.object({ type: z.literal('list'), listId: id, member: z.boolean() }),
  z.object({ type: z.literal('tag'), tag: tagSchema, add: z.boolean() }),
  z
    .object({
      type: z.literal('subscription'),
      /** A category's id, or `all`: mail to the address at all. */
      categoryId: id,
      subscribed: z.boolean(),
      /** How it is known that they asked for it. */
      evidence: z.string().trim().max(2_000).nullable(),
    })
    .refine(({ subscribed, evidence }) => !subscribed || evidence, {
      path: ['evidence'],
      message: 'Say how it is known that they asked for it: it is kept with the consent',
    }),
  z.object({ type: z.literal('delete') }),
]);
export type BulkAction = z.infer<typeof bulkAction>;

/** What a job does, as it is kept: an undo names what it takes back; a personal value is not kept for long. */
export const bulkDeed = z.union([
  bulkAction,
  z.object({ type: z.literal('field'), field: z.union([z.enum(bulkFields), fieldIdSchema]) }),
  z.object({ type: z.literal('undo'), of: id }),
]);
export type BulkDeed = z.infer<typeof bulkDeed>;

export const bulkStates = ['prepared', 'waiting', 'running', 'done', 'cancelled', 'failed'] as const;
export type BulkState = (typeof bulkStates)[number];

/** Why a contact stayed as it is. */
export const bulkSkips = ['gone', 'unchanged', 'refused', 'noEmail', 'changedSince'] as const;
export type BulkSkip = (typeof bulkSkips)[number];

export type BulkJob = {
  id: string;
  deed: BulkDeed;
  /** What an undo takes back. */
  undoes: BulkDeed | null;
  state: BulkState;
  total: number;
  /** How many were dealt with. */
  position: number;
  changed: number;
  skipped: Partial<Record<BulkSkip, number>>;
  error: string | null;
  canUndo: boolean;
  /** It was taken back, or is being. */
  undone: boolean;
  by: { id: string; name: string };
  createdAt: number;
  finishedAt: number | null;
};

/** Whether what the deed changes can be taken back: consent cannot be given back by a click (decision 0023). */
export const isUndoable = (deed: BulkDeed): boolean => deed.type !== 'subscription' && deed.type !== 'undo';
