import { z } from 'zod';
import { roles } from './roles.ts';

/** Body of the server-owned document `member:<user id>`; everybody receives it, so that changes have names offline. */
export const memberSchema = z.object({
  userId: z.string(),
  name: z.string(),
  role: z.enum(roles),
  /** False once removed: the name stays, because changes carry it. */
  active: z.boolean(),
});
export type Member = z.infer<typeof memberSchema>;
export const MEMBER_VERSION = 1;
export const memberId = (userId: string): string => `member:${userId}`;
