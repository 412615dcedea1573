import type { Caller } from '#shared/api/ports.ts';

/** Who asks in tests of single parts: an administrator with a session nobody looks up. */
export const caller: Caller = {
  userId: 'u1',
  email: 'olha@shop.example.org',
  name: 'Olha',
  role: 'admin',
  sessionId: 's1',
};
