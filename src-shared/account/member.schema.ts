import { z } from 'zod';
import { roles } from './roles.ts';

/** A new member, as an administrator enters one; their first password is told to them by the administrator. */
export const newMemberSchema = z.object({
  email: z.email('Enter an email address').max(200),
  name: z.string().trim().min(1, 'Enter a name').max(120),
  password: z.string().min(10, 'Use at least 10 characters').max(200),
  role: z.enum(roles, 'Choose a role'),
});
export type NewMember = z.infer<typeof newMemberSchema>;

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
