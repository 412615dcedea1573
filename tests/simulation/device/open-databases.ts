/**
 * RxDB counts the open collections of a process and allows 13. A killed program cannot close its own; so that they do not
 * count for ever, they are closed in its name.
 */
import { addRxPlugin, type RxDatabase } from 'rxdb/plugins/core';

const open = new Map<string, Set<RxDatabase>>();

addRxPlugin({
  name: 'simulation',
  rxdb: true,
  hooks: {
    createRxDatabase: {
      after: ({ database }) => {
        const { name } = database.storage;
        open.set(name, (open.get(name) ?? new Set()).add(database));
        database.onClose.push(() => {
          open.get(name)?.delete(database);
        });
      },
    },
  },
});

/** Closes every collection that a dead program opened on this storage. Its gate is shut: nothing is written. */
export function closeZombies(storage: string): void {
  for (const database of open.get(storage) ?? []) {
    for (const collection of Object.values(database.collections)) collection.close().catch(() => undefined);
  }
  open.delete(storage);
}
