/** Tables that must be loaded before a question can be answered. */
import { computedTables } from '#renderer/data/columns/computed-columns.ts';
import { contactTables } from '#renderer/data/columns/contact-index.ts';
import type { ContactQuery } from '#renderer/data/data-api.ts';
import type { TableName } from '#shared/columns/tables.ts';
import { type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';

/** What computed fields among these are worked out from. */
export function fieldTables(keys: Iterable<string>, fields: FieldSpecs): TableName[] {
  return [...keys].flatMap((key) => {
    const computed = isFieldId(key) ? fields.get(key)?.computed : null;
    return computed ? computedTables(computed) : [];
  });
}

export function ruleTables(rule: Rule, fields: FieldSpecs): Set<TableName> {
  const found = new Set<TableName>(['contact', 'contactPersonal']);
  const visit = (node: Rule): void => {
    if (node.type === 'activity') found.add(node.source.table);
    else if (node.type === 'membership') found.add('membership');
    else if ('field' in node && isFieldId(node.field)) {
      for (const table of [...contactTables, ...fieldTables([node.field], fields)]) found.add(table);
    } else if (node.type === 'all' || node.type === 'any') node.rules.forEach(visit);
    else if (node.type === 'not') visit(node.rule);
  };
  visit(rule);
  return found;
}

/** Of a page of contacts: who, in which order, and what is shown of them. */
export function queryTables({ rule, sort, show = [] }: ContactQuery, fields: FieldSpecs): Set<TableName> {
  return new Set<TableName>([
    ...contactTables,
    'order',
    ...(rule ? ruleTables(rule, fields) : []),
    ...fieldTables([sort.key, ...show], fields),
  ]);
}
