import { contactFields } from '#shared/contact/contact-fields.ts';
import { type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import type { OpenAccount } from './open-account.ts';

/** The first personal field a rule asks for; null when it asks for none. */
export function personalFieldOf(rule: Rule, fields: FieldSpecs): string | null {
  if ('rules' in rule) {
    for (const part of rule.rules) {
      const label = personalFieldOf(part, fields);
      if (label !== null) return label;
    }
    return null;
  }
  if (rule.type === 'not') return personalFieldOf(rule.rule, fields);
  if (!('field' in rule)) return null;
  const spec = isFieldId(rule.field) ? fields.get(rule.field) : contactFields[rule.field];
  return spec?.personal ? spec.label : null;
}

/** Refuses what this device cannot know: without names and addresses such a rule would match nobody, or everybody. */
export function needCountable(rule: Rule | null, { device, engine }: Pick<OpenAccount, 'device' | 'engine'>): void {
  if (rule === null || device.keep.personal) return;
  const label = personalFieldOf(rule, engine.fields);
  if (label === null) return;
  const reason = `${label} is personal, and this device holds no personal data, so who matches cannot be counted here.`;
  throw new UserError('forbidden', `${reason} The server counts everybody when a campaign is checked.`);
}
