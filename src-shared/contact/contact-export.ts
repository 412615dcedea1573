/** Everything that is known of a person, in a file for them: plain JSON that other programs read. */
type Row = Readonly<Record<string, unknown>>;

export type ContactExport = {
  format: 'muster-contact';
  version: 1;
  exportedAt: string;
  /** The card, and those that were merged into it. Fields by the names people read. */
  contact: Row;
  additionalFields: Row;
  identifiers: readonly Row[];
  tags: readonly string[];
  lists: readonly Row[];
  subscriptions: readonly Row[];
  /** Segments whose rule it matched when that was last looked at; since null: from before that was kept. */
  segments: readonly Row[];
  /** The consent ledger, oldest first. */
  consent: readonly Row[];
  suppressedAddresses: readonly Row[];
  events: readonly Row[];
  orders: readonly Row[];
  /** Emails, with what was opened and clicked. */
  deliveries: readonly Row[];
  merges: readonly Row[];
  /** Changes that people made. */
  edits: readonly Row[];
};
