import { type ContactField, contactFieldKeys } from '#shared/contact/contact-fields.ts';
import { liquidVariables, parseLiquid, TemplateError } from './liquid.ts';
import type { Message } from './message.schema.ts';

export type MessageVariable = {
  /** As written: "contact.firstName". */
  name: string;
  /** False: no such variable exists, it is always empty. */
  known: boolean;
  /** The contact's field it shows; null for the others. */
  field: ContactField | null;
  /** Somewhere it is printed without `| default:`: a contact without a value leaves a gap there. */
  needed: boolean;
};

export type MessageProblem = { part: 'subject' | 'preheader' | 'source'; line: number | null; message: string };

const fields = new Set<string>(contactFieldKeys);

/** Variables that exist besides the contact's fields. */
export const plainVariables = ['unsubscribeUrl'] as const;

function isField(name: string): name is ContactField {
  return fields.has(name);
}

/** Every variable of a piece of source, each once, in order. Throws TemplateError for source that cannot be read. */
export function messageVariables(source: string): MessageVariable[] {
  const gaps = printedWithoutDefault(source);
  return liquidVariables(parseLiquid('text', source)).map((name) => {
    const field = name.startsWith('contact.') ? name.slice('contact.'.length) : '';
    const found = isField(field) ? field : null;
    return {
      name,
      known: found !== null || plainVariables.some((plain) => plain === name),
      field: found,
      needed: gaps.has(name),
    };
  });
}

function printedWithoutDefault(source: string): Set<string> {
  const gaps = new Set<string>();
  for (const [, output = ''] of source.matchAll(/\{\{-?([\s\S]*?)-?\}\}/g)) {
    const [name = '', ...filters] = output.split('|').map((piece) => piece.trim());
    if (!filters.some((filter) => /^default\s*:/.test(filter))) gaps.add(name);
  }
  return gaps;
}

/** Variables of the whole message (subject, preheader, source) and what keeps a part from being read. */
export function checkMessage(message: Pick<Message, 'subject' | 'preheader' | 'source'>): {
  variables: MessageVariable[];
  problems: MessageProblem[];
} {
  const found = new Map<string, MessageVariable>();
  const problems: MessageProblem[] = [];
  for (const part of ['subject', 'preheader', 'source'] as const) {
    try {
      for (const variable of messageVariables(message[part])) {
        const before = found.get(variable.name);
        found.set(variable.name, { ...variable, needed: variable.needed || (before?.needed ?? false) });
      }
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      problems.push({ part, line: error.line, message: error.message });
    }
  }
  return { variables: [...found.values()], problems };
}
