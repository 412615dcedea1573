import { contactTables } from '#renderer/data/columns/contact-index.ts';
import type { TableName } from '#shared/columns/tables.ts';
import { isFieldId } from '#shared/contact/field.schema.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';

/** Tables that must be loaded before a rule can be answered. */
export function ruleTables(rule: Rule): Set<TableName> {
  const found = new Set<TableName>(['contact', 'contactPersonal']);
  const visit = (node: Rule): void => {
    if (node.type === 'activity') found.add(node.source.table);
    else if (node.type === 'membership') found.add('membership');
    else if ('field' in node && isFieldId(node.field)) for (const table of contactTables) found.add(table);
    else if (node.type === 'all' || node.type === 'any') node.rules.forEach(visit);
    else if (node.type === 'not') visit(node.rule);
  };
  visit(rule);
  return found;
}
