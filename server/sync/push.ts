import type { z } from 'zod';
import { type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import type { pushInput, pushOutput } from '#shared/sync/wire.schema.ts';
import { shownTo } from './document-access.ts';
import { checkDocument, type Problem } from './document-check.ts';
import { type Author, type Candidate, judge, tombstone } from './judge.ts';

export type PushRow = z.infer<typeof pushInput>['rows'][number];
export type PushOutput = z.infer<typeof pushOutput>;
export type Masters = ReadonlyMap<string, Envelope>;

/** One push being judged: what may be written, and the answer so far. Where copies come from is the caller's affair. */
export class Push {
  readonly candidates: Candidate[] = [];
  readonly answer: PushOutput & { same: Envelope[] } = { conflicts: [], refusals: [], same: [] };
  readonly author: Author;
  /** The workspace's additional fields. */
  readonly #fields: FieldSpecs;

  constructor(author: Author, fields: FieldSpecs = new Map()) {
    this.author = author;
    this.#fields = fields;
  }

  /** Reads the rows by copies that may be out of date: a verdict that needs no write is final, the others are candidates. */
  read(rows: readonly PushRow[], masters: Masters): void {
    const seen = new Set<string>();
    for (const { assumed, next } of rows) {
      const checked = checkDocument(next);
      if (seen.has(next.id)) {
        const message = 'A push names each document once.';
        this.refuse(next, { code: 'invalid_input', message, field: 'id' }, masters.get(next.id));
      } else if (!checked.ok) this.refuse(next, checked.problem, masters.get(next.id));
      else {
        const candidate = this.#stamped({ assumedRev: assumed?.rev ?? 0, next: checked.next, edit: checked.edit });
        if (this.mayWrite(candidate, masters)) this.candidates.push(candidate);
      }
      seen.add(next.id);
    }
  }

  /** Whether an edit of an additional field is of a personal one is for the field to say, not for whoever edits. */
  #stamped(candidate: Candidate): Candidate {
    const { edit, next } = candidate;
    if (!edit || !isFieldId(edit.field)) return candidate;
    const personal = this.#fields.get(edit.field)?.personal ?? true;
    return { ...candidate, edit: { ...edit, personal }, next: { ...next, body: { ...next.body, personal } } };
  }

  /** Judges a candidate and notes what the client has to know; answers whether it is to be written. */
  mayWrite(candidate: Candidate, masters: Masters): boolean {
    const { next } = candidate;
    const master = masters.get(next.id);
    const verdict = judge(this.author, candidate, master, this.#fields);
    if (verdict.is === 'conflict' && master) this.answer.conflicts.push(master);
    const same = verdict.is === 'same' && master && !master.deleted ? shownTo(this.author, master) : null;
    if (same) this.answer.same.push(same);
    if (verdict.is === 'refused') this.refuse(next, verdict.problem, master);
    return verdict.is === 'write';
  }

  refuse(next: Envelope, problem: Problem, master: Envelope | undefined): void {
    const shown = (master && shownTo(this.author, master)) ?? tombstone(next);
    this.answer.refusals.push({ id: next.id, ...problem, master: shown });
  }
}
