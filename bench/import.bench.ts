/** A file of 200,000 contacts, from the first byte read to the last commit, as the command line does it. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pino } from 'pino';
import { runImport } from '#server/imports/run-import.ts';
import { copyRows } from '#server/storage/copy-rows.ts';
import type { Bench } from './bench.ts';
import { type BenchDatabase, startBenchDatabase } from './support/bench-database.ts';

const CONTACTS = 200_000;
const TARGET = 10_000;

const towns = ['London', 'Київ', 'München', 'Kraków', 'Nantes', 'Cork', 'York', 'Львів'];
const countries = ['United Kingdom', 'Ukraine', 'Germany', 'Poland', 'France', 'Ireland'];

const row = (at: number): string[] => [
  `C${at}`,
  `Person.${at}@shop.example`,
  `+44791${String(1_000_000 + at)}`,
  `First${at % 3000}`,
  `Last${at % 9000}`,
  countries[at % countries.length] ?? '',
  towns[at % towns.length] ?? '',
  `${at % 120} Mill Lane`,
  `N${at % 20} ${at % 9}AB`,
];

let database: BenchDatabase;
let folder: string;

function* lines(): Generator<string> {
  yield 'externalCustomerId,email,phone,firstName,lastName,country,town,address,postcode\n';
  for (let from = 0; from < CONTACTS; from += 1000) {
    yield Array.from({ length: 1000 }, (_, at) => `${row(from + at).join(',')}\n`).join('');
  }
}

function* records(): Generator<(string | number)[]> {
  const now = new Date().toISOString();
  for (let at = 0; at < CONTACTS; at++) {
    const texts = row(at);
    yield [at + 1, ...texts, ...texts.map((text) => text.toLowerCase()), 'subscribed', now, now];
  }
}

/** The same contacts, already parsed and folded, by one COPY into a table with the same indexes. */
async function copy(): Promise<number> {
  const columns = [
    'external_customer_id',
    'email',
    'phone',
    'first_name',
    'last_name',
    'country',
    'town',
    'address',
    'postcode',
  ];
  await database.db.query('drop table if exists plain_contact');
  await database.db.query('create table plain_contact (like contact including all)');
  const started = performance.now();
  await database.db.tx((tx) =>
    copyRows(
      tx,
      `plain_contact (id, ${columns.join(', ')}, ${columns.map((name) => `${name}_fold`).join(', ')}, email_status, created_at, updated_at)`,
      records(),
    ),
  );
  return (CONTACTS * 1000) / (performance.now() - started);
}

export const benches: Bench[] = [
  {
    name: 'import.contacts',
    times: 3,
    async prepare() {
      database = await startBenchDatabase();
      folder = await mkdtemp(join(tmpdir(), 'muster-bench-import-'));
      await pipeline(Readable.from(lines()), createWriteStream(join(folder, 'contacts.csv')));
    },
    async run() {
      const { db } = database;
      const reference = await copy();
      await db.query('truncate contact, identifier, dirty');
      const started = performance.now();
      const { summary } = await runImport(
        {
          db,
          log: pino({ level: 'error' }, pino.destination(2)),
          now: Date.now,
          wake: { on: () => () => undefined, notify: () => undefined },
          config: {
            version: 'bench',
            port: 0,
            host: '127.0.0.1',
            dataDir: folder,
            databaseUrl: null,
            role: 'all',
            adminEmail: null,
            adminPassword: null,
            timeZone: 'UTC',
            defaultRegion: null,
            smtpUrl: null,
            publicUrl: '',
            open: false,
            localWorkspace: false,
            setupCode: null,
            apiRate: 100,
            apiPrivateUrls: false,
          },
        },
        {
          path: join(folder, 'contacts.csv'),
          kind: 'contacts',
          map: Object.fromEntries(
            [
              'externalCustomerId',
              'email',
              'phone',
              'firstName',
              'lastName',
              'country',
              'town',
              'address',
              'postcode',
            ].map((name) => [name, name]),
          ),
          onProgress: () => undefined,
          onReject: () => undefined,
        },
      );
      const value = (CONTACTS * 1000) / (performance.now() - started);
      if (summary.created !== CONTACTS) throw new Error(`${summary.created} contacts were created`);
      return { value, unit: 'contacts/s', reference, target: TARGET, ok: value >= TARGET };
    },
    async finish() {
      await database?.stop();
      if (folder) await rm(folder, { recursive: true, force: true });
    },
  },
];
