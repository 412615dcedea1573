import { z } from 'zod';
import { writableContactFields } from '#shared/contact/contact-fields.ts';

export const importKinds = ['contacts', 'orders'] as const;
export type ImportKind = (typeof importKinds)[number];

/** field of the contacts or orders API (`contact.` before contact fields in an orders file) → column of the file. */
export const importMap = z.record(z.string(), z.string());

export const importSummary = z.object({
  lines: z.int(),
  orders: z.int(),
  contacts: z.int(),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.int(),
});
export type ImportSummary = z.infer<typeof importSummary>;

/** What an uploaded file looks like, before anything is imported. */
export const uploadInfo = z.object({
  id: z.string(),
  fileName: z.string(),
  columns: z.array(z.string()),
  /** First rows, as text. */
  sample: z.array(z.array(z.string())),
  /** Guessed from the column names and the sample. */
  kind: z.enum(importKinds),
  map: importMap,
});
export type UploadInfo = z.infer<typeof uploadInfo>;

export const importState = z.object({
  id: z.string(),
  fileName: z.string(),
  kind: z.enum(importKinds),
  state: z.enum(['waiting', 'reading', 'applying', 'done', 'failed']),
  /** 0…1 */
  progress: z.number(),
  linesRead: z.int(),
  summary: importSummary.nullable(),
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
