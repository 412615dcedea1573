/** Deleting (the card can be restored) and erasing (nothing is left) for programs. What waited about the contact comes first. */
import { createContactPort } from '#server/contacts/erase-contact.ts';
import { lockBuckets } from '#server/identity/identity-locks.ts';
import { hideContacts } from '#server/identity/restore-deleted.ts';
import type { Caller } from '#shared/api/ports.ts';
import type { Identifier } from '#shared/contact/identifiers.ts';
import { UserError } from '#shared/kernel/errors.ts';
import type { ApiContext } from './context.ts';

/** Who acts, for ports that ask: whoever holds the key. */
export const apiCaller: Caller = { userId: 'api', email: '', name: 'API', role: 'admin', sessionId: 'api' };

export type ContactRemoval = { remove: (id: number) => Promise<void>; erase: (id: number) => Promise<void> };

export function createContactRemoval({ deps, settlePending }: ApiContext): ContactRemoval {
  const port = createContactPort(deps);
  const notFound = () => new UserError('not_found', 'There is no contact with this id.', 'id');

  async function identifiersOf(id: number): Promise<Identifier[]> {
    const found = await deps.db.query<Identifier>('select kind, value from identifier where contact_id = $1', [id]);
    await settlePending(found.map(({ value }) => value));
    return deps.db.query<Identifier>('select kind, value from identifier where contact_id = $1', [id]);
  }

  return {
    async remove(id) {
      const identifiers = await identifiersOf(id);
      await deps.db.tx(async (tx) => {
        await lockBuckets(tx, identifiers);
        const { rows } = await tx.query('select 1 from contact where id = $1 and deleted_at is null for update', [id]);
        if (rows.length === 0) throw notFound();
        await hideContacts(tx, [id], deps.now());
      });
      deps.wake.notify('dirty');
    },
    async erase(id) {
      await identifiersOf(id);
      await port.erase(apiCaller, id);
    },
  };
}
