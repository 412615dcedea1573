import { can, type Role } from '#shared/account/roles.ts';
import { specOf } from '#shared/columns/rows.ts';
import { type TableName, tableNames } from '#shared/columns/tables.ts';

/** [ROLE-2] The column tables a role receives, in manifests, chunks and tails alike. */
export function tablesFor(role: Role): readonly TableName[] {
  return can(role, 'readPersonal') ? tableNames : tableNames.filter((table) => !specOf(table).personal);
}
