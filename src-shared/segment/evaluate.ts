/**
 * The columnar back end of the rule language. Answers one byte per contact id; only live contacts are members.
 * Loops run over typed arrays and are O(contacts) per condition on fields, O(matching rows) per condition on activity.
 */

import { type TableName, tables } from '#shared/columns/tables.ts';
import type { ColumnView } from '#shared/columns/view.ts';
import type { ContactField } from '#shared/contact/contact-fields.ts';
import { assertUnreachable, must } from '#shared/kernel/assert.ts';
import { finish, type Steps } from '#shared/kernel/steps.ts';
import { numberColumn, textColumn } from './column-access.ts';
import { evaluateActivity } from './evaluate-activity.ts';
import { fieldMask } from './evaluate-fields.ts';
import { membershipMask } from './membership-leaf.ts';
import type { Bounds } from './periods.ts';
import type { ResolvedRule, ResolvedText } from './resolve.ts';
import { markCodes, matchFlags, setFlags } from './text-match.ts';

/** 1 = member, by contact id; as long as view.contactLimit. */
export function evaluateRule(rule: ResolvedRule, view: ColumnView): Uint8Array {
  return finish(evaluateSteps(rule, view));
}

/** {@link evaluateRule} with pauses. The view must stay as it is until the end. */
export function* evaluateSteps(rule: ResolvedRule, view: ColumnView): Steps<Uint8Array> {
  const members = yield* maskOf(rule, view);
  const live = liveContacts(view);
  for (let id = 0; id < members.length; id++) members[id] = (members[id] ?? 0) & (live[id] ?? 0);
  return members;
}

/** How many bytes of a mask are 1. */
export function countMembers(mask: Uint8Array): number {
  let count = 0;
  for (let id = 0; id < mask.length; id++) count += mask[id] ?? 0;
  return count;
}

/** 1 = the contact exists. */
export function liveContacts(view: ColumnView): Uint8Array {
  const out = new Uint8Array(view.contactLimit);
  for (const { rows, keys, first, live, masked } of view.parts('contact')) {
    for (let row = 0; row < rows; row++) {
      if ((live === null || live[row] === 1) && (masked === null || masked[row] === 0)) {
        out[keys === null ? first + row : (keys[row] ?? 0)] = 1;
      }
    }
  }
  return out;
}

/** Complements reach beyond the live contacts here; evaluateRule cuts them off. */
function* maskOf(rule: ResolvedRule, view: ColumnView): Steps<Uint8Array> {
  yield;
  switch (rule.type) {
    case 'constant':
      return new Uint8Array(view.contactLimit).fill(rule.member ? 1 : 0);
    case 'all':
    case 'any': {
      const masks: Uint8Array[] = [];
      for (const child of rule.rules) masks.push(yield* maskOf(child, view));
      return combine(rule.type, masks);
    }
    case 'not': {
      const mask = yield* maskOf(rule.rule, view);
      for (let id = 0; id < mask.length; id++) mask[id] = (mask[id] ?? 0) ^ 1;
      return mask;
    }
    case 'text':
      return textMask(rule, view);
    case 'presence':
      return presenceMask(rule.field, view);
    case 'instant':
      return instantMask(rule.field, rule.window, rule.inside, view);
    case 'activity':
      return yield* evaluateActivity(rule, view);
    case 'membership':
      return membershipMask(rule, view);
    case 'fieldText':
    case 'fieldSet':
    case 'fieldRange':
    case 'fieldPresence':
      return yield* fieldMask(rule, view);
    default:
      return assertUnreachable(rule);
  }
}

function combine(type: 'all' | 'any', masks: Uint8Array[]): Uint8Array {
  const [out, ...others] = masks;
  const first = must(out, 'a resolved group has conditions');
  for (const other of others) {
    if (type === 'all') for (let id = 0; id < first.length; id++) first[id] = (first[id] ?? 0) & (other[id] ?? 0);
    else for (let id = 0; id < first.length; id++) first[id] = (first[id] ?? 0) | (other[id] ?? 0);
  }
  return first;
}

function tableOf(field: ContactField): TableName {
  return field in tables.contact.columns ? 'contact' : 'contactPersonal';
}

function textMask(rule: ResolvedText, view: ColumnView): Uint8Array {
  const { field } = rule;
  const out = new Uint8Array(view.contactLimit);
  for (const part of view.parts(tableOf(field))) {
    const column = textColumn(part, field);
    markCodes(part, column.codes, matchFlags(column, rule), out);
  }
  return out;
}

function presenceMask(field: ContactField, view: ColumnView): Uint8Array {
  if (field === 'createdAt') return instantMask(field, { from: null, to: null }, true, view);
  const out = new Uint8Array(view.contactLimit);
  for (const part of view.parts(tableOf(field))) {
    const column = textColumn(part, field);
    markCodes(part, column.codes, setFlags(column), out);
  }
  return out;
}

function instantMask(field: 'createdAt', window: Bounds, inside: boolean, view: ColumnView): Uint8Array {
  const out = new Uint8Array(view.contactLimit);
  const from = window.from ?? Number.NEGATIVE_INFINITY;
  const to = window.to ?? Number.POSITIVE_INFINITY;
  for (const part of view.parts(tableOf(field))) {
    const { rows, keys, first, live, masked } = part;
    const { data, base, empty } = numberColumn(part, field);
    for (let row = 0; row < rows; row++) {
      const raw = data[row] ?? Number.NaN;
      if (raw === empty || Number.isNaN(raw) || live?.[row] === 0 || masked?.[row] === 1) continue;
      const at = raw + base;
      if ((at >= from && at < to) === inside) out[keys === null ? first + row : (keys[row] ?? 0)] = 1;
    }
  }
  return out;
}
