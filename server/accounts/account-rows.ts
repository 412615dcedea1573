import { hashPassword } from 'better-auth/crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '#server/storage/database.ts';

/** Any fixed number: whoever adds, changes or removes a member holds it, so that the last administrator stays one. */
const LOCK = 77_213_002;

/** Until the end of the transaction nobody else adds, changes or removes a member. */
export async function lockMembers(tx: Tx): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
}

/**
 * Gives a user a password, in the form better-auth's own sign-up would write; ours is one transaction with everything
 * that belongs to it.
 */
export async function setPassword(tx: Tx, userId: string, password: string, now: number): Promise<void> {
  const hash = await hashPassword(password);
  await tx.query('delete from "account" where "userId" = $1', [userId]);
  await tx.query(
    `insert into "account" ("id", "accountId", "providerId", "userId", "password", "updatedAt")
     values ($1, $2, 'credential', $2, $3, $4)`,
    [uuidv7({ msecs: now }), userId, hash, new Date(now)],
  );
}

/** A user without a password yet; answers the id. */
export async function insertUser(tx: Tx, user: { email: string; name: string }, now: number): Promise<string> {
  const id = uuidv7({ msecs: now });
  await tx.query('insert into "user" ("id", "name", "email", "emailVerified") values ($1, $2, $3, false)', [
    id,
    user.name,
    user.email.toLowerCase(),
  ]);
  return id;
}
