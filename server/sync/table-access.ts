import { can, type Role } from '#shared/account/roles.ts';
import { specOf } from '#shared/columns/rows.ts';
import { type TableName, tableNames } from '#shared/columns/tables.ts';
import { PROTOCOL_VERSION } from '#shared/sync/wire.schema.ts';

/** Tables that came with a later protocol: [VER-4] an older app cannot read an answer that names them. */
const since: Partial<Record<TableName, number>> = { membership: 3, contactField: 3, contactFieldPersonal: 3 };

/** [ROLE-2] The column tables a role receives, in manifests, chunks and tails alike. */
export function tablesFor(role: Role, protocol = PROTOCOL_VERSION): readonly TableName[] {
  const personal = can(role, 'readPersonal');
  return tableNames.filter((table) => (personal || !specOf(table).personal) && (since[table] ?? 1) <= protocol);
}
