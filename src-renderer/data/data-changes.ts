/** Changes as the Sync screen lists them: one's own that wait, and those of others as they arrived. */
import type { AnyField } from '#shared/contact/contact-edit.schema.ts';
import type { DocumentKind } from '#shared/sync/envelope.schema.ts';

/** A field with its value before and after. */
export type FieldChange = { field: string; from: unknown; to: unknown };

/** One's own change that the server has not accepted yet, in words' parts. */
export type WaitingChange = {
  id: string;
  kind: DocumentKind;
  name: string;
  contactId: number | null;
  field: AnyField | null;
  /** Of a document that the server has: what is changed in it. Absent while that is not known. */
  fields?: string[];
  /** Values before and after of fields named above, or of the contact's field; without those too long for a list. */
  values?: FieldChange[];
  removed: boolean;
  /** The server has never had it. */
  made?: boolean;
  at: number;
  refusal: string | null;
};

/** What somebody else (or another device) changed, as it arrived here. Newest first. */
export type RemoteChange = {
  id: string;
  at: number;
  by: { id: string; name: string } | null;
  kind: DocumentKind;
  documentId: string;
  name: string;
  contactId: number | null;
  /** made: new here; removed: gone. */
  what: 'made' | 'changed' | 'removed';
  fields: string[];
  /** Values before and after, where this device knew both; only of fields named above. */
  values?: FieldChange[];
  /** True when one's own unsent change was joined with it. */
  merged: boolean;
  /** When both changed the same: whose version stands. Absent when nothing gave way. */
  stands?: 'mine' | 'theirs';
  /** The fields of which that is said. */
  contested?: string[];
  /** This person has decided on it, or nothing is left to decide. */
  decided?: boolean;
  /** Its author made a version of theirs stand again that had given way. */
  tookBack?: boolean;
};
