import { z } from 'zod';

/** Body of the server-owned document `erasure:<contact id>`: nothing of this contact may be left anywhere. */
export const erasureSchema = z.object({ contactId: z.int().min(1), at: z.number() });
export const ERASURE_VERSION = 1;
export const erasureId = (contactId: number): string => `erasure:${contactId}`;
