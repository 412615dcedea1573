import { openStore } from '#renderer/data/store/store.ts';
export const o = openStore;
