/** Guesses from column names (and nothing else) what a file holds and which column fills which field. */
import type { ImportKind } from '#shared/api/import.schema.ts';
import { writableContactFields } from '#shared/contact/contact-fields.ts';

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
  ],
  phone: ['phone', 'phonenumber', 'sms', 'mobile', 'mobilephone', 'telephone', 'téléphone', 'tel', 'телефон'],
  firstName: ['firstname', 'givenname', 'prénom', 'prenom', 'forename', 'імʼя', "ім'я", 'імя'],
  lastName: ['lastname', 'surname', 'familyname', 'nom', 'прізвище'],
  country: ['country', 'countryname', 'countrycode', 'pays', 'країна'],
  region: ['region', 'state', 'province', 'county', 'область'],
  town: ['town', 'city', 'ville', 'місто'],
  address: ['address', 'street', 'address1', 'streetaddress', 'адреса'],
  postcode: ['postcode', 'zip', 'zipcode', 'postalcode', 'codepostal', 'індекс'],
  languageCode: ['languagecode', 'language', 'lang', 'locale'],
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

const plain = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-.:/]+/g, '');

function guess(fields: readonly string[], columns: readonly string[], taken: Set<string>): Record<string, string> {
  const map: Record<string, string> = {};
  for (const field of fields) {
    const candidates = (names[field] ?? []).map(plain);
    const found = candidates
      .map((candidate) => columns.find((column) => plain(column) === candidate && !taken.has(column)))
      .find((column) => column);
    if (found === undefined) continue;
    map[field] = found;
    taken.add(found);
  }
  return map;
}

export function guessMap(columns: readonly string[]): { kind: ImportKind; map: Record<string, string> } {
  const taken = new Set<string>();
  const order = guess(orderFields, columns, taken);
  const isOrders = ['externalOrderId', 'externalItemId', 'quantity'].every((field) => order[field] !== undefined);
  if (!isOrders) return { kind: 'contacts', map: guess(writableContactFields, columns, new Set()) };
  const contact = guess(writableContactFields.slice(1), columns, taken);
  return {
    kind: 'orders',
    map: {
      ...order,
      ...Object.fromEntries(Object.entries(contact).map(([field, column]) => [`contact.${field}`, column])),
    },
  };
}
