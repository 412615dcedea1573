import type { IdentifierKind } from './identifiers.ts';

/** What leads to a contact besides its emails and phones: its External ID, loyalty numbers, devices, chats and browsers. */
export type ContactIdentifier = {
  kind: IdentifierKind;
  value: string;
  /** Since when it leads here; null: nobody noted it. */
  since: number | null;
  /** Who brought it: an import, the API, a web page …; null: nobody noted it. */
  source: string | null;
};
