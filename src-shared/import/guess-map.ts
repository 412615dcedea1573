/**
 * Guesses from column names what a file holds and which column fills which field; where no name tells the address or what is
 * said about mail, from the first values.
 */
import type { ImportKind } from '#shared/api/import.schema.ts';
import { writableContactFields } from '#shared/contact/contact-fields.ts';
import { type FieldSpecs, fieldPath } from '#shared/contact/field.schema.ts';
import { normaliseEmail } from '#shared/contact/normalise.ts';
import { plainName } from './column-name.ts';
import { readConsentWord } from './consent-words.ts';
import { identifyingTargets } from './import-targets.ts';
import { type FoundProfile, findProfile } from './profiles.ts';

/** Folded names without punctuation, most telling first. */
const names: Record<string, readonly string[]> = {
  externalCustomerId: [
    'externalcustomerid',
    'customerid',
    'customer id',
    'externalid',
    'clientid',
    'userid',
    'customerno',
    'customernumber',
    'customer',
    'contactkey',
    'номерклієнта',
    'idклієнта',
  ],
  email: [
    'email',
    'emailaddress',
    'mail',
    'primaryemail',
    'contactemail',
    'useremail',
    'customeremail',
    'courriel',
    'пошта',
    'електроннапошта',
    'емейл',
    'імейл',
    'почта',
  ],
  phone: [
    'phone',
    'phonenumber',
    'sms',
    'mobile',
    'mobilephone',
    'telephone',
    'téléphone',
    'tel',
    'телефон',
    'мобільний',
    'номертелефону',
  ],
  firstName: ['firstname', 'givenname', 'prénom', 'prenom', 'forename', 'імʼя', "ім'я", 'ім’я', 'імя', 'имя'],
  lastName: ['lastname', 'surname', 'familyname', 'nom', 'прізвище', 'фамилия'],
  country: ['country', 'countryname', 'countrycode', 'pays', 'країна'],
  region: ['region', 'state', 'province', 'county', 'область'],
  town: ['town', 'city', 'ville', 'місто'],
  address: ['address', 'street', 'address1', 'streetaddress', 'адреса'],
  postcode: ['postcode', 'zip', 'zipcode', 'postalcode', 'codepostal', 'індекс'],
  languageCode: ['languagecode', 'language', 'lang', 'locale', 'мова'],
  contactId: ['musterid'],
  telegram: ['telegramid', 'telegramchatid'],
  viber: ['viberid', 'viberchatid'],
  loyaltyNumber: ['loyaltynumber', 'loyaltycard', 'cardnumber', 'номеркартки'],
  emailStatus: ['emailstatus', 'emailstate', 'subscriptionstatus', 'emailmarketingconsent', 'статуспідписки'],
  unsubscribed: [
    'unsubscribed',
    'emailblacklisted',
    'optedout',
    'hasoptedoutofemail',
    'unsubscribedat',
    'відписаний',
    'відписка',
  ],
  furtherEmail: ['email2', 'secondemail', 'secondaryemail', 'alternativeemail', 'otheremail'],
  furtherPhone: ['phone2', 'secondphone', 'homephone', 'otherphone', 'workphone'],
  timeZone: ['timezone', 'tz'],
  externalOrderId: [
    'externalorderid',
    'orderid',
    'invoiceno',
    'invoice',
    'invoicenumber',
    'orderno',
    'ordernumber',
    'order',
    'transactionid',
  ],
  date: ['date', 'orderdate', 'invoicedate', 'createdat', 'purchasedate', 'orderedat', 'paidat'],
  externalItemId: ['externalitemid', 'stockcode', 'sku', 'lineitemsku', 'productid', 'itemid', 'productcode', 'item'],
  name: ['description', 'productname', 'itemname', 'lineitemname', 'product', 'name', 'title'],
  category: ['category', 'productcategory', 'producttype'],
  quantity: ['quantity', 'qty', 'lineitemquantity', 'amountofitems', 'units'],
  cost: ['unitprice', 'price', 'cost', 'lineitemprice', 'itemprice'],
  status: ['status', 'orderstatus', 'financialstatus'],
  currency: ['currency', 'currencycode'],
};

const orderFields = [
  'externalOrderId',
  'date',
  'externalCustomerId',
  'externalItemId',
  'name',
  'category',
  'quantity',
  'cost',
  'currency',
];

/** What of the workspace and the file a guess may use, besides the names of the columns. */
export type GuessContext = {
  fields: FieldSpecs;
  categories: readonly { id: string; key: string; name: string }[];
  fileName: string;
  /** First records. */
  sample: readonly (readonly string[])[];
};

export type Guess = { kind: ImportKind; map: Record<string, string>; profile: FoundProfile | null };

const NOTHING: GuessContext = { fields: new Map(), categories: [], fileName: '', sample: [] };

const contactTargets = [
  ...writableContactFields,
  ...identifyingTargets,
  'emailStatus',
  'unsubscribed',
  'furtherEmail',
  'furtherPhone',
];

function guess(fields: readonly string[], columns: readonly string[], taken: Set<string>): Record<string, string> {
  const map: Record<string, string> = {};
  for (const field of fields) {
    const candidates = (names[field] ?? []).map(plainName);
    const found = candidates
      .map((candidate) => columns.find((column) => plainName(column) === candidate && !taken.has(column)))
      .find((column) => column);
    if (found === undefined) continue;
    map[field] = found;
    taken.add(found);
  }
  return map;
}

/** Columns called like an additional field or a category. */
function guessOwn(columns: readonly string[], taken: Set<string>, context: GuessContext): Record<string, string> {
  const map: Record<string, string> = {};
  const give = (target: string, called: readonly string[]) => {
    const wanted = new Set(called.map(plainName));
    const column = columns.find((one) => !taken.has(one) && wanted.has(plainName(one)));
    if (column === undefined) return;
    map[target] = column;
    taken.add(column);
  };
  for (const spec of context.fields.values())
    if (!spec.computed) give(spec.id, [fieldPath(spec), spec.key, spec.label]);
  for (const { id, key, name } of context.categories) give(id, [name, key]);
  return map;
}

/** Whether most of a column's first values are of a kind. */
function isMostly(
  column: string,
  columns: readonly string[],
  { sample }: GuessContext,
  isOne: (text: string) => boolean,
): boolean {
  const at = columns.indexOf(column);
  const values = sample.map((row) => row[at]?.trim() ?? '').filter((value) => value !== '');
  return values.length > 0 && values.filter(isOne).length > values.length * 0.6;
}

function guessContacts(columns: readonly string[], context: GuessContext): Guess {
  const profile = findProfile(columns, context.fileName);
  const taken = new Set(Object.values(profile?.map ?? {}));
  const own = guessOwn(columns, taken, context);
  const known = { ...own, ...profile?.map };
  const map = {
    ...guess(
      contactTargets.filter((target) => known[target] === undefined),
      columns,
      taken,
    ),
    ...known,
  };
  const free = columns.filter((column) => !taken.has(column));
  const isAddress = (text: string) => normaliseEmail(text) !== null;
  const address = free.find((column) => isMostly(column, columns, context, isAddress));
  if (map.email === undefined && address !== undefined) map.email = address;
  const isWord = (text: string) => readConsentWord(text).ok;
  const status = free.find((column) => plainName(column) === 'status' && isMostly(column, columns, context, isWord));
  if (status !== undefined && map.emailStatus === undefined && map.unsubscribed === undefined) map.emailStatus = status;
  return { kind: 'contacts', map, profile };
}

export function guessMap(columns: readonly string[], context: GuessContext = NOTHING): Guess {
  const taken = new Set<string>();
  const order = guess(orderFields, columns, taken);
  const isOrders = ['externalOrderId', 'externalItemId', 'quantity'].every((field) => order[field] !== undefined);
  if (!isOrders) return guessContacts(columns, context);
  const contact = guess(writableContactFields.slice(1), columns, taken);
  return {
    kind: 'orders',
    map: {
      ...order,
      ...Object.fromEntries(Object.entries(contact).map(([field, column]) => [`contact.${field}`, column])),
    },
    profile: null,
  };
}
