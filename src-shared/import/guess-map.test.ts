import { expect, test } from 'vitest';
import { guessMap } from './guess-map.ts';

test('the UCI header is an orders file, read completely', () => {
  expect(
    guessMap([
      'InvoiceNo',
      'StockCode',
      'Description',
      'Quantity',
      'InvoiceDate',
      'UnitPrice',
      'CustomerID',
      'Country',
    ]),
  ).toMatchObject({
    kind: 'orders',
    map: {
      externalOrderId: 'InvoiceNo',
      date: 'InvoiceDate',
      externalCustomerId: 'CustomerID',
      externalItemId: 'StockCode',
      name: 'Description',
      quantity: 'Quantity',
      cost: 'UnitPrice',
      'contact.country': 'Country',
    },
  });
});

test.each([
  [
    'Email Address,First Name,Last Name,Phone Number,TAGS',
    { email: 'Email Address', firstName: 'First Name', lastName: 'Last Name', phone: 'Phone Number' },
  ],
  [
    'EMAIL;LASTNAME;FIRSTNAME;SMS;ADDED_TIME',
    { email: 'EMAIL', lastName: 'LASTNAME', firstName: 'FIRSTNAME', phone: 'SMS' },
  ],
  [
    'Prénom;Nom;E-mail;Téléphone;Ville',
    { firstName: 'Prénom', lastName: 'Nom', email: 'E-mail', phone: 'Téléphone', town: 'Ville' },
  ],
  [
    'Customer ID;E-mail Address;zip_code',
    { externalCustomerId: 'Customer ID', email: 'E-mail Address', postcode: 'zip_code' },
  ],
  ['Колір;Розмір', {}],
])('%s is a contacts file', (header, map) => {
  expect(guessMap(header.split(/[,;]/))).toMatchObject({ kind: 'contacts', map });
});
