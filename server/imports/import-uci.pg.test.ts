import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import type { Reject } from './import-run.ts';
import { runImport } from './run-import.ts';

const path = join(import.meta.dirname, '../../tests/data/uci-online-retail/online_retail.csv.gz');
const map = {
  externalOrderId: 'InvoiceNo',
  date: 'InvoiceDate',
  externalCustomerId: 'CustomerID',
  externalItemId: 'StockCode',
  name: 'Description',
  quantity: 'Quantity',
  cost: 'UnitPrice',
  'contact.country': 'Country',
};

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('the whole UCI file imports, line for line, and a second time changes nothing', async () => {
  const rejects: Reject[] = [];
  const run = () =>
    runImport(createTestDeps(database.db), {
      path,
      kind: 'orders',
      map,
      onProgress: () => undefined,
      onReject: (reject) => void rejects.push(reject),
    });
  const first = await run();
  expect(first.summary).toEqual({
    lines: 541_909,
    orders: 25_900,
    contacts: 4372,
    created: 25_900,
    updated: 0,
    unchanged: 0,
    rejected: 0,
  });
  expect(first.notices).toEqual(['406,829 values of CustomerID had a trailing “.0”, which was taken off']);
  const [counts] = await database.db.query(`
    select (select count(*) from orders) as orders, (select count(*) from order_line) as lines,
           (select count(*) from order_line where contact_id = 0) as unknown_lines,
           (select sum(gross) from orders where contact_id <> 0) as known, (select sum(gross) from orders) as all_gross,
           (select sum(returns) from orders) as returns, (select count(*) from contact where external_customer_id ~ '[.]') as dotted`);
  expect(counts).toEqual({
    orders: 25_900,
    lines: 541_909,
    unknown_lines: 135_080,
    known: '89114079040',
    all_gross: '106666845440',
    returns: '8968124900',
    dotted: 0,
  });
  await database.db.query('delete from dirty');
  const second = await run();
  expect(second.summary).toEqual({
    lines: 541_909,
    orders: 25_900,
    contacts: 4372,
    created: 0,
    updated: 0,
    unchanged: 25_900,
    rejected: 0,
  });
  expect(rejects).toEqual([]);
  expect(await database.db.query('select * from dirty')).toEqual([]);
}, 180_000);
