/**
 * Who was erased stays away: of what led to them a hash is kept, made with a secret of the workspace, so that nobody can
 * read or guess who it was without it. A later import or API call that names one of them is refused; the person's own
 * fresh act (they sign up again) takes the hash away.
 */
import { createHmac } from 'node:crypto';
import type { Tx } from '#server/storage/database.ts';
import { type Identifier, isChangeable } from '#shared/contact/identifiers.ts';
import { must } from '#shared/kernel/assert.ts';
import { type ContactClaim, withoutIdentifiers } from './contact-claim.ts';

const hashOf = (secret: string, { kind, value }: Identifier): string =>
  createHmac('sha256', secret).update(`${kind}:${value}`).digest('base64');

/** Remembers what led to a contact that is being erased. */
export async function rememberErased(tx: Tx, identifiers: readonly Identifier[], at: number): Promise<void> {
  const { rows } = await tx.query<{ erase_secret: string }>('select erase_secret from workspace where id = 1');
  const { erase_secret: secret } = must(rows[0], 'the workspace is set up');
  await tx.query(
    `insert into erased_identifier (hash, erased_at) select hash, $2 from unnest($1::text[]) as hash
     on conflict (hash) do update set erased_at = excluded.erased_at`,
    [[...new Set(identifiers.map((identifier) => hashOf(secret, identifier)))], new Date(at)],
  );
}

/** A claim as it may be applied, and whether it names somebody erased by what says who they are. */
export type Admitted = { claim: ContactClaim; namesErased: boolean; ignored: number };

/** Takes out of the claims what led to erased contacts; fresh acts make it valid again. */
export async function admitClaims(tx: Tx, claims: readonly ContactClaim[], secret: string): Promise<Admitted[]> {
  const hashes = new Map<Identifier, string>();
  for (const { identifiers } of claims) {
    for (const identifier of identifiers) hashes.set(identifier, hashOf(secret, identifier));
  }
  const { rows } = await tx.query<{ hash: string }>('select hash from erased_identifier where hash = any($1::text[])', [
    [...new Set(hashes.values())],
  ]);
  const erased = new Set(rows.map(({ hash }) => hash));
  const isErased = (identifier: Identifier) => erased.has(hashes.get(identifier) ?? '');
  const fresh = claims.filter(({ write }) => write.freshAct).flatMap(({ identifiers }) => identifiers.filter(isErased));
  if (fresh.length > 0) {
    const again = fresh.map((identifier) => hashes.get(identifier) ?? '');
    await tx.query('delete from erased_identifier where hash = any($1::text[])', [again]);
    for (const hash of again) erased.delete(hash);
  }
  return claims.map((claim) => {
    const found = claim.identifiers.filter(isErased);
    if (found.length === 0) return { claim, namesErased: false, ignored: 0 };
    const keys = new Set(found.map(({ kind, value }) => `${kind}:${value}`));
    return {
      claim: withoutIdentifiers(claim, ({ kind, value }) => keys.has(`${kind}:${value}`)),
      namesErased: found.some(({ kind }) => !isChangeable(kind)),
      ignored: found.length,
    };
  });
}
