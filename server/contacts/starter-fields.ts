import { randomUUID } from 'node:crypto';
import type { Tx } from '#server/storage/database.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import type { ContactFieldBody } from '#shared/contact/field.schema.ts';

const personal = { listName: 'Personal', listKey: 'PERSONAL', personal: true, required: false, readOnly: false };

/** What a new workspace begins with; to be changed or deleted like any other field. */
const starters: readonly ContactFieldBody[] = [
  {
    ...personal,
    key: 'BIRTHDAY',
    label: 'Birthday',
    type: 'date',
    allowedValues: [],
    min: null,
    max: null,
    position: 1,
  },
  {
    ...personal,
    key: 'GENDER',
    label: 'Gender',
    type: 'choice',
    allowedValues: ['Female', 'Male', 'Other'],
    min: null,
    max: null,
    position: 2,
  },
];

/** Gives a workspace without fields its first ones. Call it last in the transaction: it takes the counter. */
export async function addStarterFields(tx: Tx): Promise<void> {
  const { rows } = await tx.query(`select 1 from document where kind = 'contact-field' limit 1`);
  if (rows.length > 0) return;
  for (const body of starters) await writeDocument(tx, 'contact-field', `field:${randomUUID()}`, body);
}
