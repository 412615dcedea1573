/**
 * What a message's author should know before sending, each with its mend where one is possible. Pure: the editor shows
 * it while typing, and applies a mend as an edit that can be undone.
 */

import { withPlaceholders } from '#renderer/parts/message-links.ts';
import type { Sender } from '#shared/api/settings.schema.ts';
import { contactFieldKeys, contactFields } from '#shared/contact/contact-fields.ts';
import type { SourceError } from '#shared/message/compile-source.ts';
import { extractLinks, type MessageLink } from '#shared/message/links.ts';
import type { Message } from '#shared/message/message.schema.ts';
import type { ContactValues } from '#shared/message/render.ts';
import { checkMessage, type MessageVariable, plainVariables } from '#shared/message/variables.ts';

export type Texts = Pick<Message, 'subject' | 'preheader' | 'source'>;
export type Part = keyof Texts;
/** A change of the texts that can be undone. */
export type Mend = { label: string; apply: (texts: Texts) => Texts };
export type Check = {
  key: string;
  severity: 'error' | 'warning';
  /** Where it stands; null when it is not about the texts. */
  part: Part | null;
  line: number | null;
  message: string;
  /** What puts it right, here or on another screen. */
  mend: Mend | { label: string; href: string } | null;
};

export type Variable = { text: string; label: string };

/** Everything that may stand between `{{` and `}}`. */
export const variables: readonly Variable[] = [
  ...contactFieldKeys.map((key) => ({ text: `contact.${key}`, label: contactFields[key].label })),
  { text: 'unsubscribeUrl', label: 'Address of the unsubscribe page' },
];

const parts = ['subject', 'preheader', 'source'] as const;
const partWords: Record<Part, string> = { subject: 'the subject', preheader: 'the preheader', source: 'the source' };

/** What forbids sending, however good the message is. */
export function senderChecks(sender: Pick<Sender, 'fromEmail'> | null): Check[] {
  if (sender && sender.fromEmail !== '') return [];
  const message = 'No sender is set yet: say whose name and address people see, or nothing can be sent.';
  return [check('no-sender', 'error', null, null, message, { label: 'Set the sender', href: '/settings' })];
}

export function messageChecks(
  texts: Texts,
  compileErrors: readonly SourceError[],
  contact: ContactValues | null,
): Check[] {
  const found: Check[] = [];
  if (texts.subject.trim() === '') {
    found.push(
      check('subject-empty', 'error', 'subject', null, 'The subject is empty: write what the mail is about.', null),
    );
  }
  for (const error of compileErrors) {
    found.push(check(`compile-${error.line}-${error.message}`, 'error', 'source', error.line, error.message, null));
  }
  const { variables: used, problems } = checkMessage(texts);
  for (const { part, line, message } of problems) {
    found.push(check(`liquid-${part}-${line}`, 'error', part, part === 'source' ? line : null, message, null));
  }
  for (const variable of used) {
    const place = findVariable(texts, variable.name);
    if (!variable.known) found.push(unknownVariable(variable, place));
    else if (variable.field !== null && variable.needed && contact && isEmpty(contact[variable.field])) {
      found.push(emptyVariable(variable, place));
    }
  }
  return found;
}

function check(
  key: string,
  severity: Check['severity'],
  part: Check['part'],
  line: number | null,
  message: string,
  mend: Check['mend'],
): Check {
  return { key, severity, part, line, message, mend };
}

const isEmpty = (value: unknown) => value === null || value === undefined || value === '';

function unknownVariable({ name }: MessageVariable, place: Place): Check {
  const near = closestVariable(name);
  const message = near
    ? `There is no variable “${name}”; it would print nothing. Did you mean “${near}”?`
    : `There is no variable “${name}”; it would print nothing. Take one from “Insert variable”.`;
  const mend = near ? { label: `Use ${near}`, apply: (texts: Texts) => renameVariable(texts, name, near) } : null;
  return check(`unknown-${name}`, 'error', place.part, place.line, message, mend);
}

function emptyVariable({ name, field }: MessageVariable, place: Place): Check {
  const label = field ? contactFields[field].label : name;
  const fallback = field === 'firstName' ? 'there' : '…';
  return check(
    `empty-${name}`,
    'warning',
    place.part,
    place.line,
    `${label} is empty for this contact, so ${partWords[place.part]} has a gap where “${name}” stands.`,
    { label: `Add a fallback “${fallback}”`, apply: (texts) => addFallback(texts, name, fallback) },
  );
}

type Place = { part: Part; line: number | null };

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const whole = (name: string, flags: string) => new RegExp(`(?<![\\w.])${escaped(name)}(?![\\w.])`, flags);

function findVariable(texts: Texts, name: string): Place {
  for (const part of parts) {
    const at = texts[part].search(whole(name, ''));
    if (at >= 0) return { part, line: part === 'source' ? texts[part].slice(0, at).split('\n').length : null };
  }
  return { part: 'source', line: null };
}

function changeLiquid(texts: Texts, change: (piece: string) => string): Texts {
  const edit = (text: string) => text.replace(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g, change);
  return { subject: edit(texts.subject), preheader: edit(texts.preheader), source: edit(texts.source) };
}

export function renameVariable(texts: Texts, from: string, to: string): Texts {
  return changeLiquid(texts, (piece) => piece.replace(whole(from, 'g'), to));
}

/** Adds `| default: "…"` to each output of the variable that has none. */
export function addFallback(texts: Texts, name: string, fallback: string): Texts {
  const printed = new RegExp(`^\\{\\{(-?)\\s*${escaped(name)}\\s*((?:\\|(?!\\s*default\\s*:)[^}]*)?)(-?)\\}\\}$`);
  return changeLiquid(texts, (piece) =>
    piece.replace(printed, (_all, open: string, filters: string, close: string) => {
      const rest = filters.trim() === '' ? '' : ` ${filters.trim()}`;
      return `{{${open} ${name} | default: "${fallback}"${rest} ${close}}}`;
    }),
  );
}

/** The variable somebody most likely meant; null when none is near. */
export function closestVariable(name: string): string | null {
  const known = [...contactFieldKeys.map((key) => `contact.${key}`), ...plainVariables];
  const bare = (text: string) =>
    text
      .toLowerCase()
      .replace(/^(contact|customer|user|subscriber)\./, '')
      .replace(/[^a-z0-9]/g, '');
  const wanted = bare(name);
  let best: { variable: string; distance: number } | null = null;
  for (const variable of known) {
    const distance = editDistance(wanted, bare(variable));
    if (!best || distance < best.distance) best = { variable, distance };
  }
  return best && best.distance <= Math.max(1, Math.floor(wanted.length / 4)) ? best.variable : null;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Links of the compiled message; those of the starter that nobody replaced yet are told apart. */
export function messageLinks(html: string): MessageLink[] {
  return withPlaceholders(extractLinks(html));
}
