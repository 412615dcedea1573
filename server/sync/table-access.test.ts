import { expect, test } from 'vitest';
import { roles } from '#shared/account/roles.ts';
import { tableNames } from '#shared/columns/tables.ts';
import { tablesFor } from './table-access.ts';

test('[VER-4] an app of an older protocol is answered no table that came after it', () => {
  expect(tablesFor('admin')).toEqual(tableNames);
  expect(tablesFor('admin', 2)).toEqual(['contact', 'contactPersonal', 'order', 'orderLine', 'delivery', 'event']);
});

test('[ROLE-2] every role sees who is in which list: the table names nobody', () => {
  for (const role of roles) expect(tablesFor(role)).toContain('membership');
});
