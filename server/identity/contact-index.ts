import { writableContactFields } from '#shared/contact/contact-fields.ts';
import { type PrimaryKind, primaryKinds } from '#shared/contact/identifiers.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import { type ContactRecord, emptyValues, identifierValue } from './contact-record.ts';

/**
 * The contacts a batch may touch, held in memory so that its rows apply one after another, each seeing what the one
 * before it did. Ids of new contacts are negative until the batch is over.
 */
export class ContactIndex {
  readonly records = new Map<number, ContactRecord>();
  private readonly holders: Record<PrimaryKind, Map<string, number[]>> = {
    externalCustomerId: new Map(),
    email: new Map(),
    phone: new Map(),
  };
  private created = 0;

  add(record: ContactRecord): void {
    this.records.set(record.id, record);
    for (const kind of primaryKinds) this.hold(kind, record.values[kind], record.id);
  }

  /** An identifier that leads to the contact although it is not its first of that kind. */
  hold(kind: PrimaryKind, value: string | null, id: number): void {
    if (value === null) return;
    const key = identifierValue(kind, value);
    const ids = this.holders[kind].get(key);
    if (!ids) this.holders[kind].set(key, [id]);
    else if (!ids.includes(id)) ids.push(id);
  }

  private release(kind: PrimaryKind, value: string, id: number): void {
    const ids = this.holders[kind].get(identifierValue(kind, value));
    const at = ids?.indexOf(id) ?? -1;
    if (at >= 0) ids?.splice(at, 1);
  }

  /**
   * The contact that the values mean. Two different External IDs are never one contact: an email or phone held by
   * somebody with another External ID does not match. Of several, the holder of an External ID is meant, else the oldest.
   */
  find(values: ContactValues, order: readonly PrimaryKind[]): ContactRecord | null {
    for (const kind of order) {
      const value = values[kind];
      if (!value) continue;
      const ids = this.holders[kind].get(identifierValue(kind, value));
      let best: ContactRecord | null = null;
      for (const id of ids ?? []) {
        const record = this.records.get(id);
        if (!record || !agrees(record, values)) continue;
        if (!best || rank(record) < rank(best)) best = record;
      }
      if (best) return best;
    }
    return null;
  }

  create(values: ContactValues, source: string, createdAt: number): ContactRecord {
    this.created += 1;
    const record: ContactRecord = {
      id: -this.created,
      isNew: true,
      values: emptyValues(),
      before: null,
      source,
      createdAt,
      emailStatus: 'none',
    };
    this.records.set(record.id, record);
    this.apply(record, values);
    return record;
  }

  /** Takes over what is given; the External ID only where there is none yet, for it never changes. */
  apply(record: ContactRecord, values: ContactValues, onlyFill = false): void {
    for (const field of writableContactFields) {
      const value = values[field];
      if (value === undefined || value === record.values[field]) continue;
      if (field === 'externalCustomerId' && (value === null || record.values.externalCustomerId !== null)) continue;
      const before = record.values[field];
      if (onlyFill && before !== null) continue;
      record.values[field] = value;
      if (field !== 'externalCustomerId' && field !== 'email' && field !== 'phone') continue;
      if (before !== null) this.release(field, before, record.id);
      this.hold(field, value, record.id);
    }
  }
}

/** Contacts of this batch come after stored ones, in the order they were made. */
function rank(record: ContactRecord): number {
  const age = record.isNew ? 2 ** 33 - record.id : record.id;
  return record.values.externalCustomerId === null ? age + 2 ** 40 : age;
}

function agrees(record: ContactRecord, values: ContactValues): boolean {
  const given = values.externalCustomerId;
  return !given || record.values.externalCustomerId === null || record.values.externalCustomerId === given;
}
