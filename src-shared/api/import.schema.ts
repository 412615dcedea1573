import { z } from 'zod';
import { writableContactFields } from '#shared/contact/contact-fields.ts';
import { fieldIdSchema } from '#shared/contact/field.schema.ts';
import { primaryKinds } from '#shared/contact/identifiers.ts';
import { fileActs } from '#shared/import/consent-words.ts';
import { fileFormat } from '#shared/import/file-format.schema.ts';

export const importKinds = ['contacts', 'orders'] as const;
export type ImportKind = (typeof importKinds)[number];

/** field of the contacts or orders API (`contact.` before contact fields in an orders file) → column of the file. */
export const importMap = z.record(z.string(), z.string());

const count = z.int().min(0).default(0);

/** What is done with a file of contacts besides storing its values. */
export const importOptions = z.object({
  /** By which target people are told apart; auto: by all identifiers, in matching order. */
  dedupe: z.union([z.enum(['auto', ...primaryKinds, 'loyaltyNumber', 'contactId']), fieldIdSchema]).default('auto'),
  /** update: the file's values replace what is there. fill: they only fill what is empty. */
  existing: z.enum(['update', 'fill']).default('update'),
  /** What becomes of a line with a value that cannot be read. Without an identifier it is left out in any case. */
  unreadable: z.enum(['reject', 'leaveOut']).default('leaveOut'),
  /** Ids of lists everybody in the file comes into. */
  lists: z.array(z.string().max(100)).max(50).default([]),
  /** Name of a list that is made for them. */
  newList: z.string().trim().min(1, 'Name the list').max(120).nullable().default(null),
  /** Ids of categories everybody in the file subscribes to; taken only with evidence. */
  categories: z.array(z.string().max(100)).max(50).default([]),
  /** What the file says of all its people; null: nothing. */
  consent: z
    .object({
      act: z.enum(fileActs),
      /** How it can be shown; without it nothing is raised. */
      evidence: z.string().trim().max(2_000).nullable().default(null),
      /** Epoch ms of the act; null: not known. */
      at: z.number().nullable().default(null),
    })
    .nullable()
    .default(null),
  /** Type of the event that is raised for each of them; null: none. */
  event: z.string().trim().min(1, 'Name the event').max(200).nullable().default(null),
});
export type ImportOptions = z.infer<typeof importOptions>;

/** Everything that decides what a file becomes. */
export const importPlan = z.object({
  uploadId: z.string().min(1).max(100),
  kind: z.enum(importKinds),
  map: importMap,
  /** Guessed where it is not given. */
  format: fileFormat.nullish(),
  options: importOptions.nullish(),
});
export type ImportPlan = z.input<typeof importPlan>;

export const importSummary = z.object({
  lines: z.int(),
  orders: z.int(),
  contacts: z.int(),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.int(),
  /** Lines that mean somebody an earlier line means. */
  duplicates: count,
  /** People who get no mail already; they stay so unless evidence was given. */
  suppressed: count,
  /** People whom the file takes out of mail. */
  unsubscribed: count,
  /** People who were erased and are not brought back. */
  erased: count,
  /** People who came into a list. */
  listed: count,
  /** Events that were raised. */
  events: count,
  /** Workflows that start by it. */
  workflows: count,
  /** What else is worth knowing, in words. */
  notices: z.array(z.string()).default([]),
});
export type ImportSummary = z.infer<typeof importSummary>;

/** A tool whose export the file is, and what it says of everybody in it. */
export const fileOrigin = z.object({
  name: z.string(),
  act: z.enum(['withdrawn', 'complained', 'bounced']).nullable(),
});

/** What an uploaded file looks like, before anything is imported. */
export const uploadInfo = z.object({
  id: z.string(),
  fileName: z.string(),
  columns: z.array(z.string()),
  /** First rows, as text. */
  sample: z.array(z.array(z.string())),
  /** Remembered from a file with the same columns, else guessed. */
  kind: z.enum(importKinds),
  map: importMap,
  format: fileFormat,
  /** Sheets of a workbook; none for text files. */
  sheets: z.array(z.string()),
  /** Whether the map is the one used the last time. */
  remembered: z.boolean(),
  origin: fileOrigin.nullable(),
});
export type UploadInfo = z.infer<typeof uploadInfo>;

/** A row of a file as it would be stored. */
export const previewRow = z.object({
  /** Line of the file. */
  line: z.int(),
  /** By target of the map, as people read them. */
  values: z.record(z.string(), z.string()),
  /** By target, why its cell cannot be read. */
  problems: z.record(z.string(), z.string()),
  /** Why the whole line would be left out; null: it would not. */
  rejected: z.string().nullable(),
});
export type PreviewRow = z.infer<typeof previewRow>;

/** What taking an import back did. */
export const importUndo = z.object({
  /** Contacts that were deleted again. */
  removed: count,
  /** Contacts that have their former values. */
  restored: count,
  /** Contacts that stay, because somebody changed them or something happened to them since. */
  kept: count,
});
export type ImportUndo = z.infer<typeof importUndo>;

export const importState = z.object({
  id: z.string(),
  fileName: z.string(),
  kind: z.enum(importKinds),
  /** check: nothing is stored. */
  purpose: z.enum(['import', 'check']),
  state: z.enum(['waiting', 'reading', 'applying', 'done', 'failed', 'undoing', 'undone']),
  /** 0…1 */
  progress: z.number(),
  linesRead: z.int(),
  summary: importSummary.nullable(),
  /** What an undo did so far; null: there was none. */
  undo: importUndo.nullable(),
  /** Whether it can be taken back (still). */
  canUndo: z.boolean(),
  error: z.string().nullable(),
  startedAt: z.number(),
  finishedAt: z.number().nullable(),
});
export type ImportState = z.infer<typeof importState>;

/** Fields an import may fill, per kind; required ones first. In an orders file a contact's fields are named `contact.…`. */
export const importFields: Readonly<Record<ImportKind, { required: readonly string[]; optional: readonly string[] }>> =
  {
    contacts: { required: [], optional: writableContactFields },
    orders: {
      required: ['externalOrderId', 'date', 'externalItemId', 'quantity', 'cost'],
      optional: [
        'externalCustomerId',
        'name',
        'category',
        'status',
        'currency',
        ...writableContactFields.filter((field) => field !== 'externalCustomerId').map((field) => `contact.${field}`),
      ],
    },
  };
