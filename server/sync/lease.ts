import type { Database } from '#server/storage/database.ts';

/** Takes or renews a named lease for 10 s by the database's clock. A lease only schedules work; row locks make it correct. */
export async function holdLease(db: Pick<Database, 'query'>, name: string, holder: string): Promise<boolean> {
  const rows = await db.query(
    `insert into lease (name, holder, until) values ($1, $2, clock_timestamp() + interval '10 seconds')
     on conflict (name) do update set holder = excluded.holder, until = excluded.until
       where lease.holder = excluded.holder or lease.until < clock_timestamp()
     returning name`,
    [name, holder],
  );
  return rows.length > 0;
}

/** Gives a lease back, so that another process may go on at once. */
export async function releaseLease(db: Pick<Database, 'query'>, name: string, holder: string): Promise<void> {
  await db.query('delete from lease where name = $1 and holder = $2', [name, holder]);
}
