/** The files a shop would hand over: a month of the UCI orders, and its customers' addresses; with what is in them. */
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';

const uci = join(import.meta.dirname, '..', '..', 'data', 'uci-online-retail', 'online_retail.csv.gz');
const firstNames = ['Anna', 'Olena', 'James', 'Zoë', 'Bohdan', 'Maria', 'Dmytro', 'Élise', 'Tom', 'Їжак'];

const line = z.object({
  InvoiceNo: z.string(),
  Quantity: z.coerce.number(),
  UnitPrice: z.coerce.number(),
  CustomerID: z.string(),
});

export type Customer = { id: string; email: string; firstName: string; orders: number; net: number };

export type ShopFiles = {
  ordersFile: string;
  contactsFile: string;
  lines: number;
  /** Everybody with an order line, in the order of their id. */
  customers: Customer[];
};

async function firstLines(count: number): Promise<string[]> {
  const lines: string[] = [];
  const input = createReadStream(uci).pipe(createGunzip());
  for await (const text of createInterface({ input })) {
    lines.push(text);
    if (lines.length === count + 1) break;
  }
  input.destroy();
  return lines;
}

/** Orders and amounts as the specification defines them, by plain loops: independent of what is tested. */
function countCustomers(rows: readonly z.infer<typeof line>[]): Customer[] {
  const found = new Map<string, { invoices: Set<string>; net: number }>();
  for (const { InvoiceNo, Quantity, UnitPrice, CustomerID } of rows) {
    const id = CustomerID.replace(/\.0$/, '');
    if (id === '') continue;
    const customer = found.get(id) ?? { invoices: new Set<string>(), net: 0 };
    found.set(id, customer);
    if (UnitPrice <= 0) continue;
    if (Quantity > 0) customer.invoices.add(InvoiceNo);
    customer.net += Quantity * UnitPrice;
  }
  return [...found]
    .map(([id, { invoices, net }], place) => ({
      id,
      email: `customer-${id}@mail.example`,
      firstName: firstNames[place % firstNames.length] ?? '',
      orders: invoices.size,
      net,
    }))
    .sort((a, b) => Number(a.id) - Number(b.id));
}

/** Writes both files; `withoutAddress` says who is missing in the second. */
export async function writeShopFiles(
  folder: string,
  count: number,
  withoutAddress: (customers: readonly Customer[]) => readonly Customer[],
): Promise<ShopFiles> {
  const lines = await firstLines(count);
  const rows = z.array(line).parse(parse(lines.join('\n'), { columns: true, relax_quotes: true }));
  const customers = countCustomers(rows);
  const missing = new Set(withoutAddress(customers));
  const ordersFile = join(folder, 'orders-december.csv');
  const contactsFile = join(folder, 'addresses.csv');
  writeFileSync(ordersFile, `${lines.join('\n')}\n`);
  const addresses = customers
    .filter((customer) => !missing.has(customer))
    .map(({ id, email, firstName }) => `${id},${email},${firstName}`);
  writeFileSync(contactsFile, `externalCustomerId,email,firstName\n${addresses.join('\n')}\n`);
  return { ordersFile, contactsFile, lines: rows.length, customers };
}
