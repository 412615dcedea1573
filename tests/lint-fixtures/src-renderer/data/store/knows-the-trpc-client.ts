import { createTRPCClient } from '@trpc/client';
export const c = createTRPCClient;
