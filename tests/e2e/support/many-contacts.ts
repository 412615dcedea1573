import { createDemo } from '#server/demo/demo.ts';
import type { Deps } from '#server/service.ts';
import { caller } from '#tests/support/caller.ts';

const FIRST_COPY = 1_000_000;

/**
 * The demo shop many times over: each copy has another last name and an address of its own, and the orders of whom it was
 * made from. Straight into the tables of a database whose server is not running yet; it builds its columns from them.
 */
export async function seedManyContacts(deps: Deps, count: number): Promise<void> {
  await createDemo(deps).load(caller);
  await deps.db.tx(async (tx) => {
    await tx.query(
      `insert into contact (id, external_customer_id, email, email_fold, first_name, first_name_fold, last_name,
         last_name_fold, country, country_fold, town, town_fold, email_status, source, source_fold, demo, created_at, updated_at)
       select $2 + n * 10000 + c.id, (n * 10000 + c.id)::text, 'person' || n * 10000 + c.id || '@mail.example',
         'person' || n * 10000 + c.id || '@mail.example', c.first_name, c.first_name_fold, l.last_name, l.last_name_fold,
         c.country, c.country_fold, c.town, c.town_fold, 'subscribed', c.source, c.source_fold, true,
         c.created_at - n * interval '3 hours', c.updated_at
       from (select *, row_number() over (order by country, id) as place, count(*) over () as size from contact) c
       cross join generate_series(1, 1 + $1 / 1000) n
       join (select *, row_number() over (order by country, id) as place from contact) l
         on l.place = 1 + (c.place - 1 + n) % c.size
       order by n, c.id
       limit $1 - (select count(*) from contact)`,
      [count, FIRST_COPY],
    );
    await tx.query(
      `insert into orders (contact_id, row_id, external_order_id, at, status, currency, gross, returns, gross_lines, line_count,
         source, digest)
       select c.id, (select max(row_id) from orders) + row_number() over (), 'copy-' || row_number() over (),
         o.at - ((c.id / 10000) % 100) * interval '1 hour', o.status, o.currency, o.gross, o.returns, o.gross_lines,
         o.line_count, o.source, ''
       from contact c join orders o on o.contact_id = (c.id - $1) % 10000 where c.id > $1 and o.contact_id < $1`,
      [FIRST_COPY],
    );
    await tx.query(`select setval('contact_id_seq', max(id)) from contact`);
    await tx.query(`select setval('order_row_seq', max(row_id)) from orders`);
    // Everything is new: the first columns are built from the tables themselves.
    await tx.query('delete from dirty');
  });
  await deps.db.query('vacuum analyze');
}
