/**
 * A messy file, as people get them: cp1251, semicolons, decimal commas, three rows that cannot be read and somebody who
 * unsubscribed. It is imported right in a few clicks, by visible names only, and taken back. Then a workbook of Excel.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { writeDocument } from '#server/sync/document-store.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { type RunningServer, startServer } from '#tests/support/server.ts';
import { inDatabase } from '#tests/support/server-database.ts';
import { writeWorkbook } from '#tests/support/workbook.ts';
import { coloursSettled, schemes, seriousFindings } from './support/accessible.ts';
import { besideServer } from './support/beside-server.ts';
import { createPerson, type Person } from './support/person.ts';
import { signIn } from './support/sign-in.ts';

const FIELD = 'field:0000aaaa';
const LINES = [
  'Ім’я;Прізвище;E-mail;Телефон;Місто;Бонуси;Дата народження;Статус підписки',
  'Олена;Шевченко;Olena@shop.ua;+380 67 123 45 67;Київ;1 234,50;24.08.1991;підписано',
  'Іван;Коваленко;ivan@shop.ua;0501112233;Львів;7,25;01.02.1985;',
  'Ганна;Бондар;hanna#shop.ua;;Одеса;3,00;;',
  'Богдан;Ткачук;bohdan@shop.ua;;Чернівці;багато;;',
  'Юлія;Щербина;julia@shop.ua;+380931112233;Харків;0,5;30.02.1990;',
  'Тетяна;Яковенко;tetiana@shop.ua;;Суми;12,00;;відписано',
  'Сергій;Цимбалюк;serhii@shop.ua;;Полтава;;;',
];

/** What Windows calls cp1251. */
function cp1251(text: string): Buffer {
  const table = new Map(
    [...new TextDecoder('windows-1251').decode(new Uint8Array(256).map((_, at) => at))].map((char, at) => [char, at]),
  );
  return Buffer.from([...text].map((char) => table.get(char) ?? 0x3f));
}

let server: RunningServer;
let browser: Browser;
let person: Person;
let folder: string;
const findings: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-wizard-'));
  server = await startServer({ env: { MUSTER_DEFAULT_REGION: 'UA' } });
  await besideServer({ MUSTER_DATA_DIR: server.dataDir, MUSTER_PORT: String(server.port) }, ({ db }) =>
    db.tx(async (tx) => {
      const field = { listName: 'Loyalty', listKey: 'LOYALTY', personal: false, required: false, readOnly: false };
      await writeDocument(tx, 'contact-field', FIELD, { ...field, key: 'POINTS', label: 'Бонуси', type: 'decimal' });
      await writeDocument(tx, 'contact-field', 'field:0000bbbb', {
        ...field,
        key: 'BORN',
        label: 'Дата народження',
        type: 'date',
      });
    }),
  );
  browser = await launchBrowser();
  person = await createPerson(await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' }));
  await signIn(person.page, server.url);
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  server?.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function examine(name: string): Promise<void> {
  const pictures = process.env.PICTURES;
  if (!pictures) {
    findings.push(...(await seriousFindings(person.page, name)));
    return;
  }
  for (const colorScheme of schemes) {
    await person.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await coloursSettled(person.page, colorScheme);
    await person.page.screenshot({ path: `${pictures}/${name}-${colorScheme}.png`, fullPage: true });
  }
}

const stored = () =>
  inDatabase(server.dataDir, (db) =>
    db.query<{ email: string; name: string; phone: string | null; points: number | null; status: string }>(
      `select email, concat_ws(' ', first_name, last_name, town) as name, phone, fields -> '${FIELD}' as points, email_status as status
         from contact where deleted_at is null order by email_fold`,
    ),
  );

test('a messy cp1251 file is imported right in at most 15 clicks, and taken back', async () => {
  const { page, see, click, choose, clicks } = person;
  onTestFailed(async () => {
    console.error(`${clicks.join(', ')}\n${person.problems.join('\n')}\n${await page.locator('body').ariaSnapshot()}`);
  });
  const file = join(folder, 'клієнти.csv');
  writeFileSync(file, cp1251(LINES.join('\r\n').replaceAll('’', "'")));

  await page.goto(`${server.url}/imports`);
  await see(page.getByRole('heading', { name: 'Import', exact: true }));
  clicks.length = 0;
  await examine('1-file');
  await choose('Choose a file', page.getByRole('button', { name: 'Choose a file' }), file);
  const sample = page.getByRole('region', { name: 'First rows of the file' });
  await see(sample.getByRole('cell', { name: 'Шевченко' }));
  expect(await page.getByRole('combobox', { name: 'Encoding' }).inputValue()).toBe('Windows Cyrillic (cp1251)');
  expect(await page.getByRole('combobox', { name: 'Columns are separated by' }).inputValue()).toBe('Semicolon');
  expect(await page.getByRole('combobox', { name: 'Decimals are written with' }).inputValue()).toBe('a comma: 12,50');
  await examine('2-format');
  await click('Continue', page.getByRole('button', { name: 'Continue' }));

  const rows = page.getByRole('region', { name: 'Rows as they would be stored' });
  await see(rows.getByRole('cell', { name: '1234.5', exact: true }));
  await see(rows.getByText(/email is not an email address: “hanna#shop.ua”/));
  await see(rows.getByText(/Бонуси is not a number: “багато”/));
  await see(rows.getByText(/Дата народження is not a date.*“30.02.1990”/));
  await examine('3-columns');
  await click('Continue', page.getByRole('button', { name: 'Continue' }));

  await person.type(page.getByLabel('Add them to a new list'), 'Клієнти магазину');
  await person.type(page.getByRole('combobox', { name: 'Raise an event for each of them' }), 'ContactImported');
  await examine('4-options');
  await click('Continue', page.getByRole('button', { name: 'Continue' }));

  const check = page.getByRole('region', { name: 'What the import would do' });
  await see(check.getByRole('heading', { name: 'Ready: 4 lines can be imported' }));
  await see(check.getByText('1 person will get no more mail, as the file says.'));
  await see(check.getByText('No workflow starts by it.'));
  expect(await stored()).toEqual([]);
  await examine('5-check');
  await click('Import 4 lines', page.getByRole('button', { name: 'Import 4 lines' }));

  const result = page.getByRole('region', { name: 'Result' });
  await see(result.getByText(/7 lines read, 4 contacts\. 4 new, 0 updated, 0 unchanged\. 3 lines left out/));
  await examine('6-result');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    click('Download 3 rejected lines', result.getByRole('button', { name: 'Download 3 rejected lines' })),
  ]);
  const rejects = readFileSync(await download.path(), 'utf8')
    .replace('\uFEFF', '')
    .split('\n');
  expect(rejects[0]).toBe(`Line;Reason;${LINES[0]?.replaceAll('’', "'")}`);
  expect(rejects[1]).toBe('4;email is not an email address: “hanna#shop.ua”;Ганна;Бондар;hanna#shop.ua;;Одеса;3,00;;');
  expect(rejects).toHaveLength(5);
  console.log(`${clicks.length} clicks: ${clicks.join(', ')}`);
  expect(clicks.length).toBeLessThanOrEqual(15);

  expect(await stored()).toEqual([
    {
      email: 'ivan@shop.ua',
      name: 'Іван Коваленко Львів',
      phone: '+380501112233',
      points: 72_500,
      status: 'subscribed',
    },
    {
      email: 'Olena@shop.ua',
      name: 'Олена Шевченко Київ',
      phone: '+380671234567',
      points: 12_345_000,
      status: 'subscribed',
    },
    { email: 'serhii@shop.ua', name: 'Сергій Цимбалюк Полтава', phone: null, points: null, status: 'subscribed' },
    { email: 'tetiana@shop.ua', name: 'Тетяна Яковенко Суми', phone: null, points: 120_000, status: 'unsubscribed' },
  ]);
  const extra = await inDatabase(server.dataDir, (db) =>
    db.query(
      `select (select count(*)::int from membership) as members, (select count(*)::int from event join event_type t on t.id = type_id where t.key = 'ContactImported') as events`,
    ),
  );
  expect(extra).toEqual([{ members: 4, events: 4 }]);

  await click('Undo', page.getByRole('button', { name: 'Undo', exact: true }));
  await click('Undo the import', page.getByRole('button', { name: 'Undo the import' }));
  await see(page.getByText(/4 contacts removed, 0 put back to what they were\./));
  await examine('7-taken-back');
  expect(await stored()).toEqual([]);
  expect([...person.problems, ...findings]).toEqual([]);
});

test('a workbook of Excel is imported, and the next file with its columns needs no choosing', async () => {
  const { page, see, click, choose } = person;
  onTestFailed(async () => console.error(await page.locator('body').ariaSnapshot()));
  const file = join(folder, 'people.xlsx');
  writeFileSync(
    file,
    writeWorkbook([
      { name: 'Notes', rows: [] },
      {
        name: 'People',
        rows: [
          ['Who', 'Where to', 'Paid'],
          ['Ann', 'ann@x.test', 12.5],
          ['Bob', 'bob@x.test', 7],
        ],
      },
    ]),
  );
  const toColumns = async () => {
    await page.goto(`${server.url}/imports`);
    await choose('Choose a file', page.getByRole('button', { name: 'Choose a file' }), file);
    await see(page.getByRole('region', { name: 'First rows of the file' }).getByRole('cell', { name: 'ann@x.test' }));
    await click('Continue', page.getByRole('button', { name: 'Continue' }));
  };
  await toColumns();
  await see(page.getByRole('table', { name: 'Columns of the file' }));
  const who = page.getByRole('combobox', { name: 'Who becomes' });
  await who.fill('First');
  await page.getByRole('option', { name: 'First name' }).click();
  await click('Check', page.getByRole('button', { name: /Check$/ }));
  await click('Import', page.getByRole('button', { name: 'Import 2 lines' }));
  await see(page.getByText(/2 lines read, 2 contacts\. 2 new/));
  expect(await stored()).toMatchObject([
    { email: 'ann@x.test', name: 'Ann' },
    { email: 'bob@x.test', name: 'Bob' },
  ]);
  await toColumns();
  await see(page.getByText('The columns are as in your last file of this kind.'));
  expect(await page.getByRole('combobox', { name: 'Who becomes' }).inputValue()).toBe('First name');
});
