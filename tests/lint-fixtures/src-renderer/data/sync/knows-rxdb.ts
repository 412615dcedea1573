import { createRxDatabase } from 'rxdb/plugins/core';
export const c = createRxDatabase;
