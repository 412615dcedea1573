/** Every file of csv-spectrum and contacts-csv is read as it is meant. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { guessMap } from '#shared/import/guess-map.ts';
import { openCsvFile } from './csv-file.ts';
import { resolveMap } from './import-map.ts';
import { personParser } from './person-parser.ts';

const data = join(import.meta.dirname, '../../tests/data');

async function rowsOf(path: string, format: Parameters<typeof openCsvFile>[1] = {}) {
  const file = await openCsvFile(path, format);
  const rows: string[][] = [];
  for await (const { cells } of file.records()) rows.push(cells);
  return { file, rows };
}

describe('csv-spectrum', () => {
  const folder = join(data, 'csv-spectrum');
  const names = readdirSync(join(folder, 'csvs')).map((name) => name.replace('.csv', ''));
  expect(names).toHaveLength(11);
  test.each(names)('%s', async (name) => {
    const expected: unknown = JSON.parse(readFileSync(join(folder, 'json', `${name}.json`), 'utf8'));
    const { file, rows } = await rowsOf(join(folder, 'csvs', `${name}.csv`));
    expect(rows.map((cells) => Object.fromEntries(file.columns.map((column, at) => [column, cells[at]])))).toEqual(
      expected,
    );
  });
});

/** What is guessed of each file, how many people it holds, and one of them. */
const contacts: Record<
  string,
  { rejected?: number; format?: object; map: Record<string, string>; people: number; one: object; said?: string }
> = {
  'activecampaign.csv': {
    map: { email: 'Email', firstName: 'First Name', lastName: 'Last Name', phone: 'Phone', emailStatus: 'Status' },
    people: 1,
    one: { email: 'ac@x.invalid', firstName: 'Alice', lastName: 'C' },
    said: 'withdrawn',
  },
  'brevo.csv': {
    format: { delimiter: ';' },
    map: {
      email: 'EMAIL',
      lastName: 'LASTNAME',
      firstName: 'FIRSTNAME',
      phone: 'SMS',
      unsubscribed: 'EMAIL_BLACKLISTED',
    },
    people: 1,
    one: { email: 'br@x.invalid', phone: '+33611111111', lastName: 'Durand' },
    said: 'withdrawn',
  },
  'generic_fr.csv': {
    format: { delimiter: ';', encoding: 'utf-8' },
    map: { firstName: 'Prénom', lastName: 'Nom', email: 'E-mail', phone: 'Téléphone', town: 'Ville' },
    people: 1,
    one: { email: 'gen@x.invalid', firstName: 'Gil', town: 'Lyon' },
  },
  'kit.csv': {
    map: { firstName: 'first_name', email: 'email', emailStatus: 'status' },
    people: 1,
    one: { email: 'kit@x.invalid', firstName: 'Kim' },
    said: 'bounced',
  },
  'mailchimp.csv': {
    map: {
      ...{ email: 'Email Address', firstName: 'First Name', lastName: 'Last Name', phone: 'Phone Number' },
      unsubscribed: 'UNSUB_TIME',
    },
    people: 1,
    one: { email: 'mc@x.invalid', firstName: 'Marc' },
  },
  'mautic_10contacts.csv': {
    map: { firstName: 'firstname', lastName: 'lastname', email: 'email', country: 'country' },
    people: 10,
    one: { email: 'ariel@example.com', firstName: 'Ariel', lastName: 'N.', country: 'Switzerland' },
  },
  'mautic_fakeleaddata.csv': {
    map: {
      ...{ firstName: 'firstname', lastName: 'lastname', town: 'city', address: 'address1', region: 'state' },
      ...{ postcode: 'zipcode', country: 'country', email: 'email', phone: 'phone' },
    },
    people: 50,
    rejected: 4,
    one: { email: 'PennyKMoore@dayrep.com', phone: '+447070860753', postcode: 'GL15 1XD' },
  },
  'multiline_duphead.csv': {
    format: { delimiter: ';' },
    map: { email: 'Email', lastName: 'Nom' },
    people: 2,
    one: { email: 'a@x.invalid', lastName: 'Du\nPont' },
  },
  'systeme_io.csv': {
    map: { email: 'Email', firstName: 'First name', lastName: 'Surname', phone: 'Phone number', country: 'Country' },
    people: 1,
    one: { email: 'lea@sio.invalid', phone: '+33600000001', firstName: 'Léa' },
  },
  'thunderbird_semicolon.csv': {
    format: { delimiter: ';' },
    map: { firstName: 'First Name', lastName: 'Last Name', email: 'Primary Email' },
    people: 2,
    one: { email: 'john@doe.invalid', firstName: 'John' },
  },
};

describe('contacts-csv', () => {
  const folder = join(data, 'contacts-csv');
  test('every file is here', () => {
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.csv'))
        .sort(),
    ).toEqual(Object.keys(contacts).sort());
  });
  test.each(Object.entries(contacts))('%s', async (name, expected) => {
    const { file, rows } = await rowsOf(join(folder, name));
    expect(file.format).toMatchObject({ headerRow: 0, ...expected.format });
    const { kind, map } = guessMap(file.columns, { fields: new Map(), categories: [], fileName: name, sample: rows });
    expect({ kind, map }).toEqual({ kind: 'contacts', map: expected.map });
    const parse = personParser({
      map: resolveMap('contacts', map, file.columns),
      scan: { trailingZero: new Map() },
      style: { decimal: file.format.decimal, dateOrder: file.format.dateOrder, zone: 'UTC' },
      region: null,
      fields: new Map(),
      options: { dedupe: 'auto', unreadable: 'leaveOut' },
      width: file.columns.length,
      isSheet: false,
    });
    const parsed = rows.map(parse);
    const refused = parsed.filter(({ rejected }) => rejected !== null);
    expect(refused).toHaveLength(expected.rejected ?? 0);
    expect(parsed.length - refused.length).toBe(expected.people);
    expect(parsed[0]?.person.values).toMatchObject(expected.one);
    expect(parsed[0]?.person.extra?.said?.act).toBe(expected.said);
  });
});
