/** What has to go from this device: everything about erased contacts, or every personal value. Pure. */

import { z } from 'zod';
import { personalTables, tableNames, tables } from '#shared/columns/tables.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { isFieldId } from '#shared/contact/field.schema.ts';
import { manifestSchema, tailOutput } from '#shared/sync/wire.schema.ts';
import type { Forgetting } from './keyring.ts';
import { localDocumentSchema } from './schemas.ts';

const tailSchema = z.object({ answer: tailOutput });
const rescueSchema = z.looseObject({ rows: z.array(localDocumentSchema) });
/** The manifest as this device keeps it has fields of its own. */
const looseManifest = manifestSchema.loose();
const documentSchema = z.object({ kind: z.string(), body: z.record(z.string(), z.unknown()) });

/** Whether a document must go. Only edits and reviews hold values of contacts. */
export function isForgotten(document: { kind: string; body: unknown }, what: Forgetting): boolean {
  return (document.kind === 'contact-edit' || document.kind === 'review') && mentions(document.body, what);
}

/** A small value of this device without what must go; null when nothing of it stays. */
export function withoutForgotten(key: string, value: unknown, what: Forgetting): unknown {
  if (key.startsWith('tail:')) return withoutRows(tailSchema.parse(value), what);
  if (key === 'manifest') return what.personal ? value : withoutPersonalTables(value);
  if (key === 'rescue') {
    const rescue = rescueSchema.parse(value);
    return { ...rescue, rows: rescue.rows.filter((row) => !isForgotten(row, what)) };
  }
  // What events say may be anything about their contact.
  if (key.startsWith('events:') && !what.personal) return null;
  return mentions(value, what) ? null : value;
}

/** The server's copy as replication remembers it. */
export function isForgottenCopy(copy: unknown, what: Forgetting): boolean {
  const parsed = documentSchema.safeParse(copy);
  return parsed.success && isForgotten(parsed.data, what);
}

/** Whether a value is about an erased contact or, when personal values go, holds one of a contact's personal fields. */
function mentions(value: unknown, what: Forgetting): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((one) => mentions(one, what));
  const { contactId, field, personal } = value as { contactId?: unknown; field?: unknown; personal?: unknown };
  if (typeof contactId === 'number' && what.contacts.includes(contactId)) return true;
  // A value of a field stands beside its name; a segment's rule, which also names fields, is nobody's value.
  if (!what.personal && isPersonalField(field, personal) && ('to' in value || 'lost' in value)) return true;
  return Object.values(value).some((one) => mentions(one, what));
}

/** Values of additional fields say it themselves, and count as personal where they do not. */
function isPersonalField(field: unknown, said: unknown): boolean {
  if (isFieldId(field)) return said !== false;
  return Object.entries(contactFields).some(([key, { personal }]) => personal && key === field);
}

function withoutRows({ answer }: z.infer<typeof tailSchema>, what: Forgetting): z.infer<typeof tailSchema> {
  const gone = new Set(what.contacts);
  const rows = { ...answer.rows };
  for (const table of tableNames.filter((one) => tables[one].entity === 'contact')) {
    const known = rows[table];
    if (known) rows[table] = known.filter(({ key }) => !gone.has(key));
  }
  if (!what.personal) for (const table of personalTables) delete rows[table];
  return { answer: { ...answer, rows } };
}

function withoutPersonalTables(value: unknown): unknown {
  const manifest = looseManifest.parse(value);
  return {
    ...manifest,
    personal: false,
    chunks: manifest.chunks.filter(({ table }) => !personalTables.includes(table)),
  };
}
