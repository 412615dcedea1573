import type { Account, AccountBook, DeviceRecord } from '#renderer/data/store/last-account.ts';

/** Keeps in memory what the browser keeps beside the stores. */
export function memoryBook(): AccountBook {
  let last: Account | null = null;
  let endOwed = false;
  let notice: string | null = null;
  const records = new Map<string, DeviceRecord>();
  return {
    last: async () => last,
    setLast: async (account) => {
      last = account;
    },
    devices: async () => [...records.values()],
    setDevice: async (record) => void records.set(record.database, record),
    dropDevice: async (database) => void records.delete(database),
    notice: async () => notice,
    setNotice: async (words) => {
      notice = words;
    },
    endOwed: async () => endOwed,
    setEndOwed: async (owed) => {
      endOwed = owed;
    },
  };
}
