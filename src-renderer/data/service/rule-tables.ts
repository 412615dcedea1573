import type { TableName } from '#shared/columns/tables.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';

/** Tables that must be loaded before a rule can be answered. */
export function ruleTables(rule: Rule): Set<TableName> {
  const found = new Set<TableName>(['contact', 'contactPersonal']);
  const visit = (node: Rule): void => {
    if (node.type === 'activity') found.add(node.source.table);
    else if (node.type === 'all' || node.type === 'any') node.rules.forEach(visit);
    else if (node.type === 'not') visit(node.rule);
  };
  visit(rule);
  return found;
}
