/**
 * The plain way to answer a rule over columns: each condition reads every row of its table, one after the other, and
 * keeps nothing. The yardstick of segment.app, and a check of its answers.
 */
import { numberAt } from '#shared/columns/numbers.ts';
import { isVisible, keyAt } from '#shared/columns/rows.ts';
import type { Cell, TableName } from '#shared/columns/tables.ts';
import { tables } from '#shared/columns/tables.ts';
import type { Column, ColumnView } from '#shared/columns/view.ts';
import { fold } from '#shared/kernel/fold.ts';
import type { Bounds } from '#shared/segment/periods.ts';
import type { ResolvedActivity, ResolvedRule, ResolvedText } from '#shared/segment/resolve.ts';

type Answer = (id: number) => boolean;

/** Number of members. */
export function naiveMembers(rule: ResolvedRule, view: ColumnView): number {
  const passes = answer(rule, view);
  let members = 0;
  eachRow(view, 'contact', [], (id) => {
    if (passes(id)) members++;
  });
  return members;
}

function eachRow(
  view: ColumnView,
  table: TableName,
  names: string[],
  visit: (key: number, cells: Read[], row: number) => void,
): void {
  for (const part of view.parts(table)) {
    const cells = names.map((name) => reader(part.columns[name]));
    for (let row = 0; row < part.rows; row++) if (isVisible(part, row)) visit(keyAt(part, row), cells, row);
  }
}

type Read = (row: number) => Cell;

/** Texts are decoded once per part. */
function reader(column: Column | undefined): Read {
  if (!column) return () => null;
  if (column.type === 'number') return (row) => numberAt(column, row);
  const texts: (string | null)[] = [null];
  for (let code = 1; code <= column.size; code++) texts.push(column.value(code));
  return (row) => texts[column.codes[row] ?? 0] ?? null;
}

const inside = (at: number, { from, to }: Bounds) => (from === null || at >= from) && (to === null || at < to);

function answer(rule: ResolvedRule, view: ColumnView): Answer {
  switch (rule.type) {
    case 'constant':
      return () => rule.member;
    case 'all': {
      const answers = rule.rules.map((child) => answer(child, view));
      return (id) => answers.every((passes) => passes(id));
    }
    case 'any': {
      const answers = rule.rules.map((child) => answer(child, view));
      return (id) => answers.some((passes) => passes(id));
    }
    case 'not': {
      const passes = answer(rule.rule, view);
      return (id) => !passes(id);
    }
    case 'text':
      return fieldAnswer(view, rule.field, (cell) => matches(rule, typeof cell === 'string' ? fold(cell) : ''));
    case 'presence':
      return fieldAnswer(view, rule.field, (cell) => cell !== null && cell !== '');
    case 'instant':
      return fieldAnswer(
        view,
        rule.field,
        (cell) => typeof cell === 'number' && inside(cell, rule.window) === rule.inside,
      );
    case 'activity':
      return activityAnswer(rule, view);
    default:
      throw new Error(`The yardstick has no answer to a condition of type ${rule.type}.`);
  }
}

function fieldAnswer(view: ColumnView, field: string, test: (cell: Cell) => boolean): Answer {
  const found = new Set<number>();
  eachRow(view, field in tables.contact.columns ? 'contact' : 'contactPersonal', [field], (id, [cell], row) => {
    if (test(cell?.(row) ?? null)) found.add(id);
  });
  return (id) => found.has(id);
}

function matches({ test, needles, none }: ResolvedText, cell: string): boolean {
  if (cell === '') return false;
  const hit = needles.some((needle) => {
    if (test === 'is') return cell === needle;
    if (test === 'contains') return cell.includes(needle);
    return test === 'startsWith' ? cell.startsWith(needle) : cell.endsWith(needle);
  });
  return hit !== none;
}

function activityAnswer(rule: ResolvedActivity, view: ColumnView): Answer {
  const { source } = rule;
  const names = {
    order: ['contactId', 'at', 'currency', 'gross', 'returns', 'grossLines'],
    event: ['contactId', 'at', 'type'],
    delivery: ['contactId', source.table === 'delivery' ? `${source.state}At` : 'at'],
  }[source.table];
  const figures = new Float64Array(view.contactLimit).fill(Number.NaN);
  eachRow(view, source.table, names, (_key, [contactId, time, kind, gross, returns, grossLines], row) => {
    const at = time?.(row);
    if (typeof at !== 'number' || !inside(at, rule.period)) return;
    if (source.table === 'event' && kind?.(row) !== source.eventType) return;
    if (source.table === 'order' && ('currency' in rule ? kind?.(row) !== rule.currency : !grossLines?.(row))) return;
    const id = Number(contactId?.(row));
    const known = figures[id] ?? Number.NaN;
    const { measure } = rule;
    if (measure === 'firstAt' || measure === 'lastAt') {
      const better = Number.isNaN(known) || (measure === 'firstAt' ? at < known : at > known);
      if (better) figures[id] = at;
      return;
    }
    let amount = 1;
    if (measure !== 'count') {
      amount = measure === 'returns' ? 0 : Number(gross?.(row));
      if (measure !== 'gross') amount += Number(returns?.(row)) * (measure === 'net' ? -1 : 1);
    }
    figures[id] = (Number.isNaN(known) ? 0 : known) + amount;
  });
  return (id) => {
    const figure = figures[id] ?? Number.NaN;
    if (Number.isNaN(figure)) return false;
    if (!('test' in rule)) return inside(figure, rule.window) === rule.inside;
    const { op, value } = rule.test;
    return op === 'atLeast' ? figure >= value : op === 'atMost' ? figure <= value : figure === value;
  };
}
