import { assertUnreachable } from '#shared/kernel/assert.ts';
import type { Leaf, Rule } from '#shared/segment/segment.schema.ts';

/** A rule as it is edited: every part has a key that stays, and "not" is a switch on it instead of a level. */
export type DraftGroup = { key: number; kind: 'group'; not: boolean; type: 'all' | 'any'; parts: DraftPart[] };
export type DraftLeaf = { key: number; kind: 'leaf'; not: boolean; leaf: Leaf };
export type DraftPart = DraftGroup | DraftLeaf;

/** Gives every part a key from `nextKey`. The root is always a group. */
export function toDraft(rule: Rule, nextKey: () => number): DraftGroup {
  const draft = part(rule, false, nextKey);
  return draft.kind === 'group' ? draft : { key: nextKey(), kind: 'group', not: false, type: 'all', parts: [draft] };
}

function part(rule: Rule, not: boolean, nextKey: () => number): DraftPart {
  switch (rule.type) {
    case 'not':
      return part(rule.rule, !not, nextKey);
    case 'all':
    case 'any':
      return {
        key: nextKey(),
        kind: 'group',
        not,
        type: rule.type,
        parts: rule.rules.map((child) => part(child, false, nextKey)),
      };
    case 'text':
    case 'presence':
    case 'instant':
    case 'activity':
    case 'membership':
    case 'fieldText':
    case 'fieldNumber':
    case 'fieldDate':
    case 'fieldSet':
    case 'fieldPresence':
      return { key: nextKey(), kind: 'leaf', not, leaf: rule };
    default:
      return assertUnreachable(rule);
  }
}

/** The rule a draft stands for. */
export function toRule(draft: DraftPart): Rule {
  const rule: Rule = draft.kind === 'leaf' ? draft.leaf : { type: draft.type, rules: draft.parts.map(toRule) };
  return draft.not ? { type: 'not', rule } : rule;
}

/** The draft with one part changed, or taken out where `change` answers null. */
export function changePart(root: DraftGroup, key: number, change: (part: DraftPart) => DraftPart | null): DraftGroup {
  const walk = (group: DraftGroup): DraftGroup => ({
    ...group,
    parts: group.parts.flatMap((child) => {
      const next = child.key === key ? change(child) : child.kind === 'group' ? walk(child) : child;
      // A group that lost its last part says nothing any more; an empty "any" would mean nobody.
      const emptied = next !== child && next?.kind === 'group' && next.parts.length === 0;
      return next === null || emptied ? [] : [next];
    }),
  });
  if (root.key !== key) return walk(root);
  const next = change(root);
  return next?.kind === 'group' ? next : root;
}

/** The draft with a part added at the end of a group. */
export function addPart(root: DraftGroup, groupKey: number, added: DraftPart): DraftGroup {
  return changePart(root, groupKey, (found) =>
    found.kind === 'group' ? { ...found, parts: [...found.parts, added] } : found,
  );
}
