import { useLive } from '#renderer/data/hooks.ts';
export const u = useLive;
