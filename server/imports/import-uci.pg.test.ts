import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { revenueReport } from '#server/reports/revenue.ts';
import type { RevenueReport } from '#shared/report/revenue.schema.ts';
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
  expect(first.summary).toMatchObject({
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
  expect(second.summary).toMatchObject({
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

type Sums = { gross: bigint; returns: bigint; orders: Set<string>; customers: Set<string> };
const sums = (): Sums => ({ gross: 0n, returns: 0n, orders: new Set(), customers: new Set() });

/** The same figures straight from the file, with nothing of Muster's: exact integers of 1/10,000. */
async function computeFromFile(): Promise<Map<string, { known: Sums; all: Sums }>> {
  const invoices = new Map<string, { first: string; customer: string; lines: [quantity: bigint, price: bigint][] }>();
  let header = true;
  for await (const line of createInterface({ input: createReadStream(path).pipe(createGunzip()) })) {
    if (header) {
      header = false;
      continue;
    }
    // Only the description is ever quoted.
    const cells = line.replace(/"(?:[^"]|"")*"/, 'quoted').split(',');
    const [invoice = '', , , quantity = '', date = '', price = '', customer = ''] = cells;
    if (cells.length !== 8) throw new Error(`unexpected line: ${line}`);
    const [whole = '', fraction = ''] = price.replace('-', '').split('.');
    const scaled = BigInt(whole + fraction.padEnd(4, '0')) * (price.startsWith('-') ? -1n : 1n);
    const found = invoices.get(invoice) ?? { first: date, customer, lines: [] };
    if (date < found.first) found.first = date;
    found.lines.push([BigInt(quantity), scaled]);
    invoices.set(invoice, found);
  }
  const periods = new Map<string, { known: Sums; all: Sums }>();
  for (const [invoice, { first, customer, lines }] of invoices) {
    for (const key of [first.slice(0, 10), first.slice(0, 7), 'total']) {
      const period = periods.get(key) ?? { known: sums(), all: sums() };
      periods.set(key, period);
      for (const target of customer ? [period.known, period.all] : [period.all]) {
        for (const [quantity, price] of lines) {
          if (invoice.startsWith('C') || quantity < 0n)
            target.returns += price > 0n ? (quantity < 0n ? -quantity : quantity) * price : 0n;
          else if (price > 0n) {
            target.gross += quantity * price;
            target.orders.add(invoice);
            if (customer) target.customers.add(customer);
          }
        }
      }
    }
  }
  return periods;
}

function units(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(4, '0'));
}

test('the revenue report equals an independent computation for every day and every month', async () => {
  const expected = await computeFromFile();
  const compare = (report: RevenueReport, length: number) => {
    let withSales = 0;
    for (const { period, ...row } of [...report.rows, { period: 'total', known: report.known, all: report.all }]) {
      for (const who of ['known', 'all'] as const) {
        const right = expected.get(period)?.[who] ?? sums();
        expect({
          period,
          who,
          ...row[who],
          gross: units(row[who].gross),
          returns: units(row[who].returns),
          net: units(row[who].net),
        }).toEqual({
          period,
          who,
          gross: right.gross,
          returns: right.returns,
          net: right.gross - right.returns,
          orders: right.orders.size,
          customers: right.customers.size,
        });
      }
      if (expected.has(period)) withSales += 1;
    }
    expect(withSales).toBe([...expected.keys()].filter((key) => key.length === length).length + 1);
  };
  const days = await revenueReport(database.db, { by: 'day' });
  compare(days, 10);
  expect(days.rows).toHaveLength(374);
  const months = await revenueReport(database.db, { by: 'month' });
  compare(months, 7);
  expect(months.known).toEqual({
    gross: '8911407.904',
    returns: '611342.09',
    net: '8300065.814',
    orders: 18_532,
    customers: 4338,
  });
  expect(months.all).toMatchObject({ gross: '10666684.544', returns: '896812.49', customers: 4338 });
  const part = await revenueReport(database.db, { by: 'month', from: '2011-01-10', to: '2011-02-09' });
  expect(part.rows.map(({ period }) => period)).toEqual(['2011-01', '2011-02']);
  expect(part.all.orders).toBe(
    days.rows
      .filter(({ period }) => period >= '2011-01-10' && period <= '2011-02-09')
      .reduce((sum, row) => sum + row.all.orders, 0),
  );
}, 60_000);
