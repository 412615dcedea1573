/** Files that other tools export, known by their columns and names: what their columns mean, and what the file says as a whole. */
import { plainName } from './column-name.ts';
import type { FileAct } from './consent-words.ts';

export type Profile = {
  name: string;
  /** All of one of these sets of columns are there. */
  known: readonly (readonly string[])[];
  /** Target → names of the column, the most telling first. */
  columns: Readonly<Record<string, readonly string[]>>;
  /** What the whole file says of everybody in it, by its name or a column that only such files have. */
  suppressions: readonly { act: Exclude<FileAct, 'granted'>; fileName: RegExp; column?: string }[];
};

export const profiles: readonly Profile[] = [
  {
    name: 'Mailchimp',
    known: [
      ['Email Address', 'LEID', 'EUID'],
      ['Email Address', 'MEMBER_RATING'],
    ],
    columns: {
      email: ['Email Address'],
      phone: ['Phone Number', 'SMS Phone Number'],
      unsubscribed: ['UNSUB_TIME'],
      bounced: ['CLEAN_TIME'],
      timeZone: ['TIMEZONE'],
    },
    suppressions: [
      { act: 'withdrawn', fileName: /(?:^|[^a-z])unsubscribed/i, column: 'UNSUB_REASON' },
      { act: 'bounced', fileName: /(?:^|[^a-z])cleaned/i, column: 'CLEAN_TIME' },
    ],
  },
  {
    name: 'Brevo',
    known: [
      ['EMAIL', 'EMAIL_BLACKLISTED'],
      ['EMAIL', 'SMS', 'ADDED_TIME', 'MODIFIED_TIME'],
      ['CONTACT ID', 'EMAIL', 'ADDED_TIME'],
    ],
    columns: {
      email: ['EMAIL'],
      phone: ['SMS', 'WHATSAPP'],
      firstName: ['FIRSTNAME', 'PRENOM'],
      lastName: ['LASTNAME', 'NOM'],
      externalCustomerId: ['EXT_ID'],
      unsubscribed: ['EMAIL_BLACKLISTED', 'EMAIL_BLOCKLISTED'],
    },
    suppressions: [
      { act: 'withdrawn', fileName: /blo?a?ck_?-?listed|unsubscribed/i },
      { act: 'bounced', fileName: /hard_?-?bounce/i },
    ],
  },
  {
    name: 'Klaviyo',
    known: [
      ['Email', 'Klaviyo ID'],
      ['Email', 'Email Marketing Consent'],
      ['Email', 'Email Suppressions'],
      ['Email', 'Suppression Reason'],
      ['Email', 'Profile Created On'],
    ],
    columns: {
      email: ['Email'],
      phone: ['Phone Number', 'Phone'],
      firstName: ['First Name'],
      lastName: ['Last Name'],
      externalCustomerId: ['External ID'],
      region: ['State / Region', 'State'],
      postcode: ['Zip Code', 'Zip'],
      timeZone: ['Timezone'],
      languageCode: ['Locale', 'Language'],
      emailStatus: ['Email Marketing Consent'],
      unsubscribed: ['Email Suppressions', 'Unsubscribed At'],
    },
    suppressions: [{ act: 'withdrawn', fileName: /suppress|unsubscribed/i, column: 'Suppression Reason' }],
  },
  {
    name: 'Yespo',
    known: [
      ['contactId', 'externalCustomerId'],
      ['Contact ID', 'External customer ID'],
      ['Email', 'Email status', 'Mobile push'],
      ['email', 'sms', 'firstName', 'lastName'],
    ],
    columns: {
      externalCustomerId: ['externalCustomerId', 'External customer ID', 'External ID'],
      email: ['email', 'E-mail'],
      phone: ['sms', 'phone', 'Mobile phone'],
      firstName: ['firstName', 'First name'],
      lastName: ['lastName', 'Last name'],
      region: ['region'],
      town: ['town', 'City'],
      languageCode: ['languageCode', 'Language'],
      timeZone: ['timeZone', 'Time zone'],
      emailStatus: ['Email status', 'emailStatus', 'Email state'],
    },
    suppressions: [
      { act: 'complained', fileName: /complain|spam/i },
      { act: 'withdrawn', fileName: /unsubscribed|відписан|отписан/i },
    ],
  },
];

export type FoundProfile = {
  name: string;
  map: Record<string, string>;
  /** What the file says of everybody in it; null: it is a list of people like any other. */
  act: Exclude<FileAct, 'granted'> | null;
};

/** The tool a file of contacts comes from; null for all others. */
export function findProfile(columns: readonly string[], fileName: string): FoundProfile | null {
  const byName = new Map(columns.map((column) => [plainName(column), column]));
  const has = (name: string): boolean => byName.has(plainName(name));
  const profile = profiles.find(({ known }) => known.some((set) => set.every(has)));
  if (!profile) return null;
  const map: Record<string, string> = {};
  for (const [target, names] of Object.entries(profile.columns)) {
    const column = names.map((name) => byName.get(plainName(name))).find((found) => found !== undefined);
    if (column !== undefined) map[target] = column;
  }
  const said = profile.suppressions.find(
    ({ fileName: name, column }) => name.test(fileName) || (column && has(column)),
  );
  return { name: profile.name, map, act: said?.act ?? null };
}
