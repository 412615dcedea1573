/** What a column of a contacts file can become, besides the fields every contact has. */
import { isCategoryId } from '#shared/consent/category.schema.ts';
import { type WritableContactField, writableContactFields } from '#shared/contact/contact-fields.ts';
import { isFieldId } from '#shared/contact/field.schema.ts';
import { primaryKinds } from '#shared/contact/identifiers.ts';

/** Several columns may hold one of these: the second is `furtherEmail#2`. */
export const repeatableTargets = ['furtherEmail', 'furtherPhone'] as const;

/**
 * emailStatus: a word such as "unsubscribed". The others: yes, or the time at which it happened; no and an empty cell say
 * nothing.
 */
export const consentTargets = ['emailStatus', 'unsubscribed', 'bounced', 'complained'] as const;
export type ConsentTarget = (typeof consentTargets)[number];

/** contactId: the number Muster itself gave the contact. */
export const identifyingTargets = ['loyaltyNumber', 'telegram', 'viber', 'contactId'] as const;

export const furtherTargets = [...repeatableTargets, ...identifyingTargets, ...consentTargets] as const;
export type FurtherTarget = (typeof furtherTargets)[number];

export const furtherTargetLabels: Readonly<Record<FurtherTarget, string>> = {
  furtherEmail: 'Further email',
  furtherPhone: 'Further phone',
  loyaltyNumber: 'Loyalty number',
  telegram: 'Telegram chat',
  viber: 'Viber chat',
  contactId: 'Muster ID',
  emailStatus: 'Email status (a word)',
  unsubscribed: 'Unsubscribed (yes or date)',
  bounced: 'Bounced (yes or date)',
  complained: 'Marked as spam (yes or date)',
};

const isOneOf = <T extends string>(all: readonly T[], name: string): name is T => all.some((one) => one === name);

export const isContactTarget = (name: string): name is WritableContactField => isOneOf(writableContactFields, name);
export const isFurtherTarget = (name: string): name is FurtherTarget => isOneOf(furtherTargets, name);
export const isIdentifyingTarget = (name: string): boolean =>
  isOneOf(primaryKinds, name) || isOneOf(identifyingTargets, name);
export const isConsentTarget = (name: string): name is ConsentTarget => isOneOf(consentTargets, name);

/** `furtherEmail#2` → furtherEmail. */
export const targetOf = (key: string): string => key.replace(/#\d+$/, '');

/** Whether a file of contacts may fill it; whether an additional field or category still exists is another question. */
export function isImportTarget(key: string): boolean {
  const target = targetOf(key);
  if (target !== key && !isOneOf(repeatableTargets, target)) return false;
  return isContactTarget(target) || isFurtherTarget(target) || isFieldId(target) || isCategoryId(target);
}

/** The key under which another column is mapped to the target: itself, or with the next number. */
export function freeTargetKey(target: string, taken: Readonly<Record<string, string>>): string {
  if (taken[target] === undefined || !isOneOf(repeatableTargets, target)) return target;
  for (let count = 2; ; count++) if (taken[`${target}#${count}`] === undefined) return `${target}#${count}`;
}
