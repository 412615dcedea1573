/** CloudEvents 1.0: the attributes of one event, whichever content mode brought them. */
import { z } from 'zod';
import { parseIsoInstant } from '#shared/kernel/instant-text.ts';

const required = (name: string, max: number) =>
  z.string(`${name} is required`).min(1, `${name} is required`).max(max, `${name} is longer than ${max} characters`);
const optional = (name: string) => z.string().min(1, `${name} is empty`).max(2_000).nullish();

const attributes = {
  specversion: z.literal('1.0', 'specversion is not 1.0'),
  id: required('id', 1_000),
  source: required('source', 2_000),
  type: required('type', 200),
  subject: optional('subject'),
  datacontenttype: optional('datacontenttype'),
  dataschema: optional('dataschema'),
  time: z
    .string()
    .nullish()
    .transform((text, context) => {
      if (text === null || text === undefined) return null;
      const at = parseIsoInstant(text, 'UTC');
      if (at === null) context.addIssue({ code: 'custom', message: 'time is not an RFC 3339 timestamp' });
      return at;
    }),
};
const payload = { data: z.unknown().optional(), data_base64: z.base64('data_base64 is not Base64').nullish() };

const extensionName = /^[a-z0-9]+$/;
const extensionValue = z.union([z.string(), z.int(), z.boolean()], 'is not a text, a whole number, true or false');
type Extensions = Record<string, string | number | boolean>;

/** An event with its extension attributes apart. */
export const cloudEvent = z.looseObject({ ...attributes, ...payload }).transform((event, context) => {
  const { specversion, id, source, type, subject, datacontenttype, dataschema, time, data, data_base64, ...more } =
    event;
  const extensions: Extensions = {};
  for (const [name, value] of Object.entries(more)) {
    if (value === null || value === undefined) continue;
    const parsed = extensionValue.safeParse(value);
    if (!extensionName.test(name)) {
      context.addIssue({ code: 'custom', path: [name], message: 'Attribute names are lower-case letters and digits' });
    } else if (!parsed.success) {
      context.addIssue({ code: 'custom', path: [name], message: `${name} ${parsed.error.issues[0]?.message ?? ''}` });
    } else extensions[name] = parsed.data;
  }
  if (data !== undefined && typeof data_base64 === 'string') {
    context.addIssue({ code: 'custom', path: ['data_base64'], message: 'Give either data or data_base64' });
  }
  return { specversion, id, source, type, subject, datacontenttype, dataschema, time, data, data_base64, extensions };
});
export type CloudEvent = z.infer<typeof cloudEvent>;
