import type { Database, Tx } from './database.ts';

type Queryable = Pick<Database, 'query'>;

/** What the eSputnik API names by a whole number and Muster by text. */
export type NumberedKind = 'field' | 'list' | 'segment' | 'category' | 'import' | 'site';

/** The numbers of many things, by id; those that have none yet get one. Numbers are never given again. */
export async function numbersOf(tx: Tx, kind: NumberedKind, ids: readonly string[]): Promise<Map<string, number>> {
  const found = await readNumbers(tx, kind, ids);
  const fresh = [...new Set(ids)].filter((id) => !found.has(id));
  if (fresh.length === 0) return found;
  // Another transaction may number the same thing: whoever commits first gives the number, the other one reads it.
  await tx.query(
    `insert into api_number (kind, id) select $1, id from unnest($2::text[]) with ordinality as g (id, at) order by at
     on conflict (kind, id) do nothing`,
    [kind, fresh],
  );
  return readNumbers(tx, kind, ids);
}

async function readNumbers(tx: Tx, kind: NumberedKind, ids: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ id: string; number: number }>(
    'select id, number from api_number where kind = $1 and id = any($2::text[])',
    [kind, ids],
  );
  return new Map(rows.map(({ id, number }) => [id, number]));
}

/** The number of one thing; see {@link numbersOf}. */
export async function numberOf(tx: Tx, kind: NumberedKind, id: string): Promise<number> {
  const number = (await numbersOf(tx, kind, [id])).get(id);
  if (number === undefined) throw new Error(`${kind} ${id} got no number`);
  return number;
}

/** What a number stands for; null when it was never given. */
export async function idOf(db: Queryable, kind: NumberedKind, number: number): Promise<string | null> {
  return (await idsOf(db, kind, [number])).get(number) ?? null;
}

/** What numbers stand for; those that were never given are left out. */
export async function idsOf(
  db: Queryable,
  kind: NumberedKind,
  numbers: readonly number[],
): Promise<Map<number, string>> {
  const wanted = numbers.filter((number) => Number.isInteger(number) && number > 0 && number < 2 ** 31);
  if (wanted.length === 0) return new Map();
  const rows = await db.query<{ id: string; number: number }>(
    'select id, number from api_number where kind = $1 and number = any($2::int[])',
    [kind, wanted],
  );
  return new Map(rows.map(({ id, number }) => [number, id]));
}
