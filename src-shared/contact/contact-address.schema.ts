import { z } from 'zod';

export const addressKinds = ['email', 'phone'] as const;
export type AddressKind = (typeof addressKinds)[number];

/** An email or phone that leads to a contact. */
export type ContactAddress = {
  kind: AddressKind;
  value: string;
  /** The one that is shown, and that mail goes to. */
  primary: boolean;
  since: number | null;
  source: string | null;
  /** Why no mail goes there; null: it may. */
  stopped: string | null;
};

export const addressChange = z.object({
  contactId: z.int().min(1),
  act: z.enum(['add', 'remove', 'makePrimary']),
  /** A loyalty number is no address, but given and taken away in the same way; none of them is primary. */
  kind: z.enum([...addressKinds, 'loyaltyNumber']),
  value: z.string().trim().min(1, 'Enter a value').max(500),
});
export type AddressChange = z.infer<typeof addressChange>;
