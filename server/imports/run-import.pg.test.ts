import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ImportKind } from '#shared/api/import.schema.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import type { Reject } from './import-run.ts';
import { runImport } from './run-import.ts';

const samples = join(import.meta.dirname, '../../tests/data/contacts-csv');
let folder: string;
let database: TestDatabase;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-import-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

async function run(
  kind: ImportKind,
  path: string,
  map: Record<string, string>,
  onProgress: (progress: number) => void = () => undefined,
) {
  const rejects: Reject[] = [];
  const result = await runImport(createTestDeps(database.db), {
    path,
    kind,
    map,
    onProgress: ({ progress }) => onProgress(progress),
    onReject: (reject) => void rejects.push(reject),
  });
  return { ...result, rejects };
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(content) : content);
  return path;
}

const orderMap = {
  externalOrderId: 'order',
  date: 'date',
  externalCustomerId: 'customer',
  externalItemId: 'item',
  name: 'name',
  quantity: 'qty',
  cost: 'price',
  'contact.country': 'country',
};
const header = 'order,date,customer,item,name,qty,price,country\n';
const orders = (lines: string, name = 'orders.csv') => run('orders', file(name, header + lines), orderMap);
const stored = () =>
  database.db.query(
    `select o.external_order_id as id, c.external_customer_id as customer, o.at, o.status, o.credit, o.gross, o.returns, o.gross_lines, o.line_count
       from orders o left join contact c on c.id = o.contact_id order by 1`,
  );

test('an invoice scattered over the file is one order; equal lines are two; returns, credits and free lines are kept', async () => {
  const { summary, rejects } = await orders(
    [
      '1,2011-12-09 12:00:00,7.0,A,Mug,2,2.55,France',
      'C2,2011-12-10,8.0,A,Mug,-1,2.55,Spain',
      '1,2011-12-09 11:59:00,7.0,A,Mug,2,2.55,Malta',
      '3,2011-12-11,,B,,1,0,',
      '1,2011-12-09 12:00:00,7.0,A,Mug,2,2.55,France',
      '3,2011-12-11,,B,,-3,1.005,',
      'C2,2011-12-10,8.0,M,Manual,1,10,Spain',
      '4,2011-12-12,,Z,Bad debt,1,-11062.06,',
    ].join('\n'),
  );
  expect(rejects).toEqual([]);
  expect(summary).toMatchObject({
    lines: 8,
    orders: 4,
    contacts: 2,
    created: 4,
    updated: 0,
    unchanged: 0,
    rejected: 0,
  });
  expect(await stored()).toEqual([
    {
      id: '1',
      customer: '7',
      at: new Date('2011-12-09T11:59:00Z'),
      status: 'DELIVERED',
      credit: false,
      gross: 153_000,
      returns: 0,
      gross_lines: 3,
      line_count: 3,
    },
    {
      id: '3',
      customer: null,
      at: new Date('2011-12-11T00:00:00Z'),
      status: 'DELIVERED',
      credit: false,
      gross: 0,
      returns: 30_150,
      gross_lines: 0,
      line_count: 2,
    },
    {
      id: '4',
      customer: null,
      at: new Date('2011-12-12T00:00:00Z'),
      status: 'DELIVERED',
      credit: false,
      gross: 0,
      returns: 0,
      gross_lines: 0,
      line_count: 1,
    },
    {
      id: 'C2',
      customer: '8',
      at: new Date('2011-12-10T00:00:00Z'),
      status: 'CANCELLED',
      credit: true,
      gross: 0,
      returns: 125_500,
      gross_lines: 0,
      line_count: 2,
    },
  ]);
  // The latest line wins; of equally late ones the later in the file.
  expect(await database.db.query(`select country from contact where external_customer_id = '7'`)).toEqual([
    { country: 'France' },
  ]);
  expect(
    await database.db.query(
      `select line_no, name, quantity, amount from order_line order by order_row_id, line_no limit 3`,
    ),
  ).toEqual([
    { line_no: 1, name: 'Mug', quantity: 2000, amount: 51_000 },
    { line_no: 2, name: 'Mug', quantity: 2000, amount: 51_000 },
    { line_no: 3, name: 'Mug', quantity: 2000, amount: 51_000 },
  ]);
});

test('what cannot be read is rejected with its line and reason, the rest is imported', async () => {
  const { summary, rejects } = await orders(
    [
      '1,2011-12-09,7,A,Mug,two,2.55,',
      '1,2011-12-09,7,A,Mug,2,£2.55,',
      '1,2011-02-30,7,A,Mug,2,2.55,',
      ',2011-12-09,7,A,Mug,2,2.55,',
      '1,2011-12-09,7,,"Mug,\nlarge",2,2.55,',
      '1,2011-12-09,7,A',
      '1,2011-12-09,7,A,Mug,2,2.55,',
      '1,2011-12-09,8,A,Mug,2,2.55,',
      '1,2011-12-09,,A,Mug,9000000000000,2.55,',
    ].join('\n'),
  );
  expect(summary).toMatchObject({
    lines: 9,
    orders: 1,
    contacts: 1,
    created: 1,
    updated: 0,
    unchanged: 0,
    rejected: 8,
  });
  expect(rejects.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
    '2: quantity is not a number: “two”',
    '3: cost is not a number: “£2.55”',
    '4: date is not a date: “2011-02-30”',
    '5: externalOrderId is missing',
    '6: externalItemId is missing',
    '8: the line has 4 columns, the header has 8',
    '11: quantity × cost is too large',
    '10: an earlier line of this order names another customer',
  ]);
  expect(rejects[4]?.raw).toBe('1,2011-12-09,7,,"Mug,\nlarge",2,2.55,');
  expect(rejects.at(-1)?.raw).toBe('1,2011-12-09,8,A,Mug,2,2.55,');
});

test('a changed order is replaced, an equal one is left, a new customer moves it, an empty one does not', async () => {
  await orders(
    '1,2011-12-09,7,A,Mug,2,2.55,UK\n2,2011-12-09,7,A,Mug,1,1,UK\n3,2011-12-09,7,A,Mug,1,1,UK\n4,2011-12-09,7,A,Mug,1,1,UK\n',
  );
  const before = await database.db.query(`select row_id from orders where external_order_id = '3'`);
  await database.db.query('delete from dirty');
  const again = await orders(
    '1,2011-12-09,7,A,Mug,3,2.55,\n2,2011-12-09,7,A,Mug,1,1,\n3,2011-12-09,9,A,Mug,1,1,\n4,2011-12-09,,A,Mug,1,1,\n',
  );
  expect(again.summary).toMatchObject({
    lines: 4,
    orders: 4,
    contacts: 2,
    created: 0,
    updated: 2,
    unchanged: 2,
    rejected: 0,
  });
  expect(await stored()).toMatchObject([
    { id: '1', customer: '7', gross: 76_500, line_count: 1 },
    { id: '2', customer: '7' },
    { id: '3', customer: '9', gross: 10_000 },
    { id: '4', customer: '7' },
  ]);
  expect(await database.db.query(`select row_id from orders where external_order_id = '3'`)).toEqual(before);
  expect(await database.db.query('select count(*) from order_line')).toEqual([{ count: 4 }]);
  // An empty value never blanks one that is there.
  expect(await database.db.query(`select country from contact where external_customer_id = '7'`)).toEqual([
    { country: 'UK' },
  ]);
  expect(await database.db.query(`select tbl, count(*) from dirty group by 1 order by 1`)).toEqual([
    { tbl: 'contact', count: 1 },
    { tbl: 'order', count: 2 },
  ]);
});

test('dates are read in the zone of the workspace; day and month are told apart by the whole file', async () => {
  await database.db.query(`update workspace set time_zone = 'Europe/Kyiv'`);
  await orders('1,9/12/2011 12:00,7,A,Mug,2,2.55,\n2,13/12/2011,7,A,Mug,2,2.55,\n');
  expect((await stored()).map(({ at }) => at)).toEqual([
    new Date('2011-12-09T10:00:00Z'),
    new Date('2011-12-12T22:00:00Z'),
  ]);
  const { rejects } = await orders('5,9/12/2011 12:00,7,A,Mug,2,2.55,\n');
  expect(rejects[0]?.reason).toBe(
    'date “9/12/2011 12:00” is ambiguous: nothing in the file tells day from month; write 2011-12-09',
  );
});

test('BOM, semicolons, decimal commas, gzip and quoted line ends are understood', async () => {
  const path = file(
    'o.csv.gz',
    '\uFEFForder;date;item;qty;price\r\n1;2011-12-09;"A;1";1,5;2,50\r\n\r\n1;2011-12-09;"B";2;1.25\r\n',
  );
  const { externalCustomerId: _, name: __, 'contact.country': ___, ...map } = orderMap;
  const { summary } = await run('orders', path, map);
  expect(summary).toMatchObject({ lines: 2, orders: 1, contacts: 0, created: 1, rejected: 0 });
  expect(await stored()).toMatchObject([{ customer: null, gross: 62_500 }]);
  await expect(run('orders', path, { ...map, cost: 'Price' })).rejects.toMatchObject({
    code: 'invalid_input',
    field: 'cost',
  });
  await expect(run('orders', path, { ...map, colour: 'price' })).rejects.toMatchObject({ field: 'colour' });
  await expect(run('orders', file('cut.csv.gz', ''), map)).rejects.toMatchObject({ code: 'invalid_input' });
});

test('an import that dies between slices is completed by running it again', async () => {
  const lines = Array.from({ length: 12_000 }, (_, at) => `${at},2011-12-09,${at % 3000},A,Mug,1,1.10,`).join('\n');
  const path = file('many.csv', header + lines);
  await expect(
    run('orders', path, orderMap, (progress) => {
      if (progress > 0.75) throw new Error('power cut');
    }),
  ).rejects.toThrow('power cut');
  const [partial] = await database.db.query(`
    select (select count(*) from orders) as orders, (select count(*) from order_line) as lines,
           (select count(*) from order_registry) as registered, (select count(*) from dirty where tbl = 'order') as dirty`);
  expect(partial).toEqual({ orders: 5000, lines: 5000, registered: 5000, dirty: 5000 });
  const again = await run('orders', path, orderMap);
  expect(again.summary).toMatchObject({
    lines: 12_000,
    orders: 12_000,
    contacts: 3000,
    created: 7000,
    updated: 0,
    unchanged: 5000,
    rejected: 0,
  });
  expect(await database.db.query(`select count(*), sum(gross)::bigint as gross from orders`)).toEqual([
    { count: 12_000, gross: 132_000_000 },
  ]);
});

test('contacts join by External ID, keep what they had, and a second run changes nothing', async () => {
  await orders(
    '1,2011-12-09,7.0,A,Mug,1,1,France\n1,2011-12-09,7.0,A,Mug,1,1,France\n2,2011-12-09,8.0,A,Mug,1,1,Spain\n',
  );
  const path = file(
    'contacts.csv',
    'id,mail,first,country\n7,Ann@x.org,Ann,\n8,,Bob,Italy\n9,c@x.org,Cid,\n,nobody,Dan,\n,,Eve,\n,ANN@x.org,Annie,\n12,bad@,Fay,\n',
  );
  const map = { externalCustomerId: 'id', email: 'mail', firstName: 'first', country: 'country' };
  const { summary, rejects } = await run('contacts', path, map);
  expect(summary).toMatchObject({
    lines: 7,
    orders: 0,
    contacts: 3,
    created: 1,
    updated: 2,
    unchanged: 0,
    rejected: 3,
  });
  expect(rejects.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
    '5: email is not an email address: “nobody”',
    '6: the line has no External ID, email or phone',
    '8: email is not an email address: “bad@”',
  ]);
  expect(
    await database.db.query('select external_customer_id as id, email, first_name, country from contact order by 1'),
  ).toEqual([
    { id: '7', email: 'ANN@x.org', first_name: 'Annie', country: 'France' },
    { id: '8', email: null, first_name: 'Bob', country: 'Italy' },
    { id: '9', email: 'c@x.org', first_name: 'Cid', country: null },
  ]);
  expect((await run('contacts', path, map)).summary).toMatchObject({
    contacts: 3,
    created: 0,
    updated: 0,
    unchanged: 3,
  });
});

test.each([
  ['mailchimp.csv', { email: 'Email Address', firstName: 'First Name' }, 1, 0],
  ['brevo.csv', { email: 'EMAIL', phone: 'SMS', firstName: 'FIRSTNAME' }, 1, 0],
  ['generic_fr.csv', { email: 'E-mail', firstName: 'Prénom', phone: 'Téléphone', town: 'Ville' }, 1, 0],
  ['multiline_duphead.csv', { email: 'Email', lastName: 'Nom' }, 2, 0],
  ['thunderbird_semicolon.csv', { email: 'Primary Email' }, 2, 0],
  ['mautic_10contacts.csv', { email: 'email', country: 'country', firstName: 'firstname' }, 10, 0],
  ['systeme_io.csv', { email: 'Email', phone: 'Phone number', country: 'Country' }, 1, 0],
])('%s is read', async (name, map, created, rejected) => {
  const { summary } = await run('contacts', join(samples, name), map);
  expect(summary).toMatchObject({ lines: created + rejected, contacts: created, created, rejected });
});

test('national phone numbers are read by the country of their line', async () => {
  await run('contacts', join(samples, 'mautic_fakeleaddata.csv'), {
    email: 'email',
    phone: 'phone',
    country: 'country',
  });
  expect(await database.db.query(`select phone from contact where phone = '+447845157520'`)).toHaveLength(1);
});

test('IDs with “.0” beside others that are no numbers are kept, and said', async () => {
  const map = { externalCustomerId: 'id', email: 'email' };
  const mixed = file('mixed.csv', 'id,email\n7.0,a@x.test\nH1,b@x.test\n');
  expect((await run('contacts', mixed, map)).notices).toEqual([
    '1 values of id end in “.0” and were kept, because others in it are not numbers',
  ]);
  const ids = await database.db.query('select external_customer_id as id from contact order by id');
  expect(ids.map(({ id }) => id)).toEqual(['7.0', 'H1']);
});
