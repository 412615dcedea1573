/** What an event type declares of its parameters, and whether an event keeps to it. */

/** text: text or a number; number and yesNo also where they are sent as text, as v1 and v2 of the API do; date: ISO or epoch ms. */
export const declaredTypes = ['text', 'number', 'yesNo', 'date', 'list', 'object'] as const;
export type DeclaredType = (typeof declaredTypes)[number];
export type DeclaredParameter = { name: string; required: boolean; type?: DeclaredType | undefined };

/** Kinds of value, as JSON has them and people call them. */
export type ValueKind = 'text' | 'number' | 'yesNo' | 'list' | 'object' | 'empty';

export function kindOfValue(value: unknown): ValueKind {
  if (value === null || value === undefined || value === '') return 'empty';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'yesNo';
  if (typeof value === 'object') return Array.isArray(value) ? 'list' : 'object';
  return 'text';
}

/** `given`: missing, or the kind of value that came instead of the declared one. */
export type ParameterMismatch = { parameter: DeclaredParameter; given: 'missing' | ValueKind };

const isoDate = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

function fits(type: DeclaredType, value: unknown): boolean {
  const kind = kindOfValue(value);
  const text = typeof value === 'string' ? value.trim() : null;
  switch (type) {
    case 'text':
      return kind === 'text' || kind === 'number';
    case 'number':
      return kind === 'number' || (text !== null && /^-?\d+(?:\.\d+)?$/.test(text));
    case 'yesNo':
      return (
        kind === 'yesNo' || (text !== null && /^(?:true|false|yes|no|0|1)$/i.test(text)) || value === 0 || value === 1
      );
    case 'date':
      return (typeof value === 'number' && Number.isFinite(value)) || (text !== null && isDate(text));
    case 'list':
    case 'object':
      return kind === type;
  }
}

const isDate = (text: string): boolean => isoDate.test(text) && !Number.isNaN(Date.parse(text.slice(0, 10)));

/** The first parameter that is not as declared; names are compared without case, as everywhere. An empty value is none. */
export function findMismatch(
  declared: readonly DeclaredParameter[],
  params: Readonly<Record<string, unknown>>,
): ParameterMismatch | null {
  if (declared.length === 0) return null;
  const given = new Map<string, unknown>();
  for (const [name, value] of Object.entries(params)) {
    if (kindOfValue(value) !== 'empty') given.set(name.toLowerCase(), value);
  }
  for (const parameter of declared) {
    const value = given.get(parameter.name.toLowerCase());
    if (value === undefined) {
      if (parameter.required) return { parameter, given: 'missing' };
    } else if (parameter.type && !fits(parameter.type, value)) return { parameter, given: kindOfValue(value) };
  }
  return null;
}

export const declaredTypeWords: Readonly<Record<DeclaredType, string>> = {
  text: 'Text',
  number: 'Number',
  yesNo: 'Yes or no',
  date: 'Date',
  list: 'List',
  object: 'Object',
};
export const valueKindWords: Readonly<Record<ValueKind, string>> = {
  text: 'text',
  number: 'number',
  yesNo: 'yes or no',
  list: 'list',
  object: 'object',
  empty: 'empty',
};

/** "The parameter “total” is required.", "The parameter “total” has to be a number; it is a text." */
export function mismatchWords({ parameter, given }: ParameterMismatch): string {
  const subject = `The parameter “${parameter.name}”`;
  if (given === 'missing') return `${subject} is required.`;
  const wanted = parameter.type ? declaredTypeWords[parameter.type].toLowerCase() : 'value';
  return `${subject} has to be of the type ${wanted}; what came is of the type ${valueKindWords[given]}.`;
}
