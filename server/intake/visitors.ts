/**
 * What somebody did before they said who they are. It makes no contact: events wait without an owner under the key of the
 * browser, and are handed to the contact that the browser turns out to be. That a browser's rows keep their order (they
 * share a lane of the log) makes it the contact it was at that time.
 */
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import type { Identifier, IdentifierKind } from '#shared/contact/identifiers.ts';

/** Identifiers of browsers, which say nothing about a person by themselves. */
const visitorKinds: readonly IdentifierKind[] = ['webCookie', 'anonymousId'];

const isVisitor = ({ kind }: Identifier): boolean => visitorKinds.includes(kind);

type Given = readonly Identifier[] | null | undefined;

/** Whether a browser is all that is known of who did it. */
export const isOnlyVisitor = (given: Given): boolean => Boolean(given?.length) && (given?.every(isVisitor) ?? false);

/** Under which key events of nobody known wait; one no other event's key can be. */
const keyOf = ({ kind, value }: Identifier): string => `${kind}:${value}`;

export function visitorKey(given: Given): string | null {
  const found = given?.find(isVisitor);
  return found ? keyOf(found) : null;
}

/** Hands events that wait under these browsers to the contacts they have turned out to be. */
export async function handOver(tx: Tx, known: readonly { owner: number; identifiers?: Given }[]): Promise<void> {
  const owners = new Map<string, number>();
  for (const { owner, identifiers } of known) {
    if (owner === 0) continue;
    for (const one of identifiers ?? []) {
      // Of two people in one batch the first one is who was there before.
      if (isVisitor(one) && !owners.has(keyOf(one))) owners.set(keyOf(one), owner);
    }
  }
  if (owners.size === 0) return;
  const { rows } = await tx.query<{ row_id: number }>(
    `update event e set contact_id = o.owner, key_value = null
       from unnest($1::text[], $2::bigint[]) as o (key, owner)
      where e.contact_id = 0 and e.key_value = o.key and length(e.key_value) <= 600
     returning e.row_id`,
    [[...owners.keys()], [...owners.values()]],
  );
  await markDirty(
    tx,
    'event',
    rows.map(({ row_id }) => row_id),
  );
}
