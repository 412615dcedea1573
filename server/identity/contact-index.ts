import { writableContactFields } from '#shared/contact/contact-fields.ts';
import {
  type Identifier,
  type IdentifierKind,
  identifierKinds,
  isChangeable,
  isPrimaryKind,
  type PrimaryKind,
} from '#shared/contact/identifiers.ts';
import { isBefore, resolveIdentity } from '#shared/contact/resolve-identity.ts';
import type { ContactClaim } from './contact-claim.ts';
import { ContactRecord, identifierValue } from './contact-record.ts';

export type PendingMerge = {
  survivor: ContactRecord;
  merged: ContactRecord;
  by: IdentifierKind | null;
  /** Values the merged card gave to fields of the survivor that were empty. */
  filled: Record<string, string>;
};
export type HeldIdentifier = { identifier: Identifier; record: ContactRecord };

const NOBODY: readonly ContactRecord[] = [];

/**
 * The contacts a batch may touch, held in memory so that its rows apply one after another, each seeing what the one
 * before it did. Ids of new contacts are negative until the batch is over.
 */
export class ContactIndex {
  /** Stored ones by id; ids of merged cards lead to their survivor. */
  readonly records = new Map<number, ContactRecord>();
  /** Merges of stored cards, in the order in which they happened. */
  readonly merges: PendingMerge[] = [];
  /** Further emails, phones and loyalty numbers that this batch added. */
  readonly gained: HeldIdentifier[] = [];
  /** Cookies and tokens that this batch gave to somebody, by kind and value. */
  readonly moved = new Map<string, HeldIdentifier>();
  readonly #holders = new Map<IdentifierKind, Map<string, ContactRecord[]>>(
    identifierKinds.map((kind) => [kind, new Map()]),
  );
  #created = 0;

  add(record: ContactRecord): void {
    this.records.set(record.id, record);
  }

  /** An identifier that leads to the contact. */
  hold({ kind, value }: Identifier, record: ContactRecord): void {
    const byValue = this.#holders.get(kind);
    const holders = byValue?.get(value);
    if (!holders) byValue?.set(value, [record]);
    else if (!holders.includes(record)) holders.push(record);
  }

  #release({ kind, value }: Identifier, record: ContactRecord): void {
    const holders = this.#holders.get(kind)?.get(value);
    const at = holders?.indexOf(record) ?? -1;
    if (at >= 0) holders?.splice(at, 1);
  }

  #holdersOf = ({ kind, value }: Identifier): readonly ContactRecord[] => this.#holders.get(kind)?.get(value) ?? NOBODY;

  #holds(identifier: Identifier, record: ContactRecord): boolean {
    return this.#holdersOf(identifier).includes(record);
  }

  /** The card a claim means, after whatever it shows to be the same person's was merged into it. */
  find(claim: ContactClaim): ContactRecord | null {
    const { write, values, identifiers, matchOn } = claim;
    const stored = write.contactId === undefined ? undefined : this.records.get(write.contactId);
    const { externalCustomerId, phone } = values;
    const known = {
      externalCustomerId: externalCustomerId ?? null,
      email: values.email ? identifierValue('email', values.email) : null,
      phone: phone ?? null,
    };
    const card = stored ? survivorOf(stored) : null;
    const found = resolveIdentity({ identifiers, known, matchOn, card }, this.#holdersOf);
    let record = found.card;
    for (const { card: other, by } of found.merge) {
      if (!record) break;
      if (write.onlyFill && other.isIdentified()) continue;
      const [survivor, merged] = isBefore(record, other) ? [record, other] : [other, record];
      this.merge(survivor, merged, by.kind);
      record = survivor;
    }
    return record;
  }

  create(claim: ContactClaim, source: string, createdAt: number): ContactRecord {
    this.#created += 1;
    const record = new ContactRecord({ id: -this.#created, stored: null, source, createdAt });
    this.apply(record, claim);
    return record;
  }

  /** Takes over what is given; the External ID only where there is none yet. */
  apply(record: ContactRecord, { write, values, further }: ContactClaim): void {
    for (const field of writableContactFields) {
      const value = values[field];
      if (value === undefined || value === record.values[field]) continue;
      if (field === 'externalCustomerId' && !this.#mayGetExternalId(record, value)) continue;
      if (write.onlyFill && record.values[field] !== null) continue;
      if (field === 'externalCustomerId' || field === 'email' || field === 'phone')
        this.#setPrimary(record, field, value);
      else record.values[field] = value;
    }
    for (const identifier of further) this.#addFurther(record, identifier);
    if (write.fields) changeFields(record, write.fields, write.onlyFill);
  }

  /** It never changes, and what is somebody else's stays theirs. */
  #mayGetExternalId(record: ContactRecord, value: string | null): boolean {
    if (value === null || record.values.externalCustomerId !== null) return false;
    return this.#holdersOf({ kind: 'externalCustomerId', value }).every((holder) => holder === record);
  }

  /** Another value replaces the primary one. One that the contact had already changes places with it. */
  #setPrimary(record: ContactRecord, kind: PrimaryKind, value: string | null): void {
    const before = record.values[kind];
    record.values[kind] = value;
    const old = before === null ? null : { kind, value: identifierValue(kind, before) };
    const now = value === null ? null : { kind, value: identifierValue(kind, value) };
    if (old?.value === now?.value) return;
    if (old && now && this.#holds(now, record)) this.#keep(record, old);
    else if (old) this.#release(old, record);
    if (now) this.hold(now, record);
  }

  /** What was the primary one still leads here. Where it came with this batch, nothing has stored it yet. */
  #keep(record: ContactRecord, old: Identifier & { kind: PrimaryKind }): void {
    record.kept = [...record.kept, `${old.kind}:${old.value}`];
    const stored = record.before?.[old.kind] ?? null;
    if (stored === null || identifierValue(old.kind, stored) !== old.value) {
      this.gained.push({ identifier: old, record });
    }
  }

  #addFurther(record: ContactRecord, identifier: Identifier): void {
    const { kind, value } = identifier;
    if (isChangeable(kind)) {
      const [holder] = this.#holdersOf(identifier);
      if (holder === record) return;
      if (holder) this.#release(identifier, holder);
      this.hold(identifier, record);
      this.moved.set(`${kind}:${value}`, { identifier, record });
      return;
    }
    if (isPrimaryKind(kind) && record.values[kind] === null) this.#setPrimary(record, kind, value);
    else if (kind !== 'externalCustomerId' && !this.#holds(identifier, record)) {
      this.hold(identifier, record);
      this.gained.push({ identifier, record });
    }
    if (!isPrimaryKind(kind)) record.hasFurther = true;
  }

  /** Everything of `merged` becomes the survivor's; what the survivor says itself stays. */
  merge(survivor: ContactRecord, merged: ContactRecord, by: IdentifierKind | null): void {
    for (const byValue of this.#holders.values()) {
      for (const holders of byValue.values()) {
        const at = holders.indexOf(merged);
        if (at < 0) continue;
        if (holders.includes(survivor)) holders.splice(at, 1);
        else holders[at] = survivor;
      }
    }
    const filled: Record<string, string> = {};
    for (const field of writableContactFields) {
      const value = merged.values[field];
      if (value === null || survivor.values[field] !== null) continue;
      survivor.values[field] = value;
      filled[field] = value;
    }
    survivor.hasFurther ||= merged.hasFurther;
    if (merged.isNew) {
      this.#inherit(survivor, merged);
      survivor.fieldChanges = { ...merged.fieldChanges, ...survivor.fieldChanges };
    } else this.merges.push({ survivor, merged, by, filled });
    merged.mergedInto = survivor;
  }

  /** A card that is not stored has no identifiers in the database that could be moved: its addresses are the survivor's further ones. */
  #inherit(survivor: ContactRecord, merged: ContactRecord): void {
    for (const kind of ['email', 'phone'] as const) {
      const value = merged.values[kind];
      if (value === null) continue;
      const identifier = { kind, value: identifierValue(kind, value) };
      const own = survivor.values[kind];
      if (own === null || identifierValue(kind, own) !== identifier.value) {
        this.gained.push({ identifier, record: survivor });
      }
    }
  }
}

/** The card that a record became part of in this batch; itself when it did not. */
export function survivorOf(record: ContactRecord): ContactRecord {
  let found = record;
  while (found.mergedInto) found = found.mergedInto;
  return found;
}

/** Notes what really changes. Values are plain JSON, which one writer makes: equal ones are equal texts. */
function changeFields(record: ContactRecord, given: Readonly<Record<string, unknown>>, onlyFill = false): void {
  for (const [id, value] of Object.entries(given)) {
    const stored = record.fields[id] ?? null;
    if (onlyFill && (record.fieldChanges[id] ?? stored) !== null) continue;
    if (JSON.stringify(stored) === JSON.stringify(value ?? null)) delete record.fieldChanges[id];
    else record.fieldChanges[id] = value ?? null;
  }
}
