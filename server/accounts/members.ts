/**
 * Members: who works here and what they may do. The table decides; the documents `member:<id>` say the same to every
 * device, and are written in the same transaction.
 */
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { type Member, memberId } from '#shared/account/member.schema.ts';
import type { Role } from '#shared/account/roles.ts';
import type { MemberInfo, MemberPort } from '#shared/api/ports.ts';
import { must } from '#shared/kernel/assert.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { equalJson } from '#shared/kernel/json.ts';
import { insertUser, lockMembers, setPassword } from './account-rows.ts';
import { orderDevicesOf } from './devices.ts';

type MemberRow = { userId: string; email: string; name: string; role: Role; since: Date; removedAt: Date | null };

const SELECT = `select u."id" as "userId", u."email", u."name", m.role, m.since, m.removed_at as "removedAt"
  from member m join "user" u on u."id" = m.user_id`;

const infoOf = ({ since, removedAt, ...member }: MemberRow): MemberInfo => ({
  ...member,
  since: since.getTime(),
  active: removedAt === null,
});
const bodyOf = ({ userId, name, role, removedAt }: MemberRow): Member => ({
  userId,
  name,
  role,
  active: removedAt === null,
});

async function readMember(tx: Tx, userId: string): Promise<MemberRow> {
  const { rows } = await tx.query<MemberRow>(`${SELECT} where m.user_id = $1`, [userId]);
  return must(rows[0], 'a member that was just written');
}

/** Publishes a member as the table says. Last in the transaction: it takes the feed's counter. */
async function publish(tx: Tx, userId: string): Promise<MemberInfo> {
  const member = await readMember(tx, userId);
  await writeDocument(tx, 'member', memberId(userId), bodyOf(member));
  return infoOf(member);
}

/** Adds a member, or takes one who was removed in again. The caller holds lockMembers. */
export async function insertMember(
  tx: Tx,
  input: { email: string; name: string; password: string; role: Role },
  now: number,
): Promise<MemberInfo> {
  const { rows } = await tx.query<{ id: string; active: boolean }>(
    `select u."id", m.user_id is not null and m.removed_at is null as active
       from "user" u left join member m on m.user_id = u."id" where u."email" = $1`,
    [input.email.toLowerCase()],
  );
  const [known] = rows;
  if (known?.active) throw new UserError('conflict', 'This address has an account already.', 'email');
  if (known) await tx.query('update "user" set "name" = $2 where "id" = $1', [known.id, input.name]);
  const userId = known?.id ?? (await insertUser(tx, input, now));
  await setPassword(tx, userId, input.password, now);
  await tx.query(
    `insert into member (user_id, role, since) values ($1, $2, $3)
     on conflict (user_id) do update set role = excluded.role, since = excluded.since, removed_at = null`,
    [userId, input.role, new Date(now)],
  );
  return publish(tx, userId);
}

/** Publishes every member whose document is missing or says something else: accounts from before there were members. */
export async function publishMembers({ db, wake }: Pick<Deps, 'db' | 'wake'>): Promise<void> {
  const published = await db.tx(async (tx) => {
    await lockMembers(tx);
    const { rows: members } = await tx.query<MemberRow & { known: unknown }>(
      `select x.*, d.body as known from (${SELECT}) as x left join document d on d.id = 'member:' || x."userId" order by x.since`,
    );
    const outdated = members.filter((member) => !equalJson(member.known, bodyOf(member)));
    for (const { userId } of outdated) await publish(tx, userId);
    return outdated.length;
  });
  if (published > 0) wake.notify('feed');
}

async function readActive(tx: Tx, userId: string): Promise<MemberRow> {
  const { rows } = await tx.query<MemberRow>(`${SELECT} where m.user_id = $1 and m.removed_at is null`, [userId]);
  const [member] = rows;
  if (!member) throw new UserError('not_found', 'There is no such member (any more).', 'userId');
  return member;
}

async function keepAnAdministrator(tx: Tx, { userId, role }: MemberRow, field: string): Promise<void> {
  if (role !== 'admin') return;
  const { rows } = await tx.query(
    `select 1 from member where role = 'admin' and removed_at is null and user_id <> $1 limit 1`,
    [userId],
  );
  if (rows.length > 0) return;
  throw new UserError('conflict', 'This is the last administrator. Make somebody else one first.', field);
}

export function createMembers(deps: Pick<Deps, 'db' | 'now' | 'wake'>): MemberPort {
  const { db, now, wake } = deps;

  /** One change of the members at a time; devices hear of it and open streams end. */
  async function change<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const result = await db.tx(async (tx) => {
      await lockMembers(tx);
      return work(tx);
    });
    wake.notify('feed');
    wake.notify('access');
    return result;
  }

  return {
    async list() {
      const rows = await db.query<MemberRow>(`${SELECT} order by m.removed_at nulls first, lower(u."name"), u."email"`);
      return rows.map(infoOf);
    },
    add: (_caller, input) => change((tx) => insertMember(tx, input, now())),
    setRole: (_caller, { userId, role }) =>
      change(async (tx) => {
        const member = await readActive(tx, userId);
        if (member.role === role) return;
        await keepAnAdministrator(tx, member, 'role');
        await tx.query('update member set role = $2 where user_id = $1', [userId, role]);
        await publish(tx, userId);
      }),
    remove: (caller, userId) =>
      change(async (tx) => {
        if (userId === caller.userId) {
          throw new UserError('conflict', 'Nobody removes themselves. Ask another administrator.', 'userId');
        }
        await keepAnAdministrator(tx, await readActive(tx, userId), 'userId');
        await tx.query('update member set removed_at = $2 where user_id = $1', [userId, new Date(now())]);
        await tx.query('delete from "session" where "userId" = $1', [userId]);
        await orderDevicesOf(tx, { userId, by: caller.userId, now: now() });
        await tx.query('delete from "account" where "userId" = $1', [userId]);
        await publish(tx, userId);
      }),
  };
}
