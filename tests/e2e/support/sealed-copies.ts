/** What lies sealed in a browser's databases, read without the app; and what the keys beside it open. */
import type { Page } from 'playwright-core';

/** A sealed value as a string with one character a byte, and the place it is bound to. */
export type Sealed = { context: string; text: string };

export async function sealedCopies(page: Page): Promise<Sealed[]> {
  return page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const found: { context: string; text: string }[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      const collection = name.match(/^rxdb-dexie-muster2-.*?--\d+--(.*)$/)?.[1];
      if (collection === undefined) continue;
      const db = await settled(indexedDB.open(name));
      const all = (table: string) => settled(db.transaction(table).objectStore(table).getAll());
      for (const row of await all('docs')) {
        const text = [row.body, row.value, row.docData].find((one) => typeof one === 'string');
        if (text?.startsWith('SEAL')) found.push({ context: `${collection} ${row.id ?? row.key}`, text });
      }
      for (const { id, data } of await all('attachments')) {
        const bytes = new Uint8Array(await data.arrayBuffer());
        const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
        if (text.startsWith('SEAL')) found.push({ context: `chunk ${id.slice(0, id.lastIndexOf('||'))}`, text });
      }
      db.close();
    }
    return found;
  });
}

/** Tries every key that is stored on every copy. */
export async function openSealed(
  page: Page,
  copies: readonly Sealed[],
): Promise<{ keys: number; opened: number; texts: string[] }> {
  return page.evaluate(async (given) => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const keys: CryptoKey[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      if (!name.startsWith('muster-keys-')) continue;
      const db = await settled(indexedDB.open(name));
      const rows = await settled(db.transaction('keys').objectStore('keys').getAll());
      const [wrapping] = await settled(db.transaction('wrapping').objectStore('wrapping').getAll());
      db.close();
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('keys');
      for (const { id } of rows) {
        const file = await folder.getFileHandle(`${name.slice('muster-keys-'.length)}.${id}`);
        const wrapped = await (await file.getFile()).arrayBuffer();
        const uses: KeyUsage[] = ['decrypt'];
        keys.push(
          await crypto.subtle.unwrapKey('raw', wrapped, wrapping.key, 'AES-KW', { name: 'AES-GCM' }, false, uses),
        );
      }
    }
    const texts: string[] = [];
    let opened = 0;
    for (const { context, text } of given) {
      const sealed = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
      const additionalData = new TextEncoder().encode(context);
      for (const key of keys) {
        const algorithm = { name: 'AES-GCM', iv: sealed.subarray(12, 24), additionalData };
        const plain = await crypto.subtle.decrypt(algorithm, key, sealed.subarray(24)).catch(() => null);
        if (!plain) continue;
        opened++;
        texts.push(new TextDecoder().decode(plain));
      }
    }
    return { keys: keys.length, opened, texts };
  }, copies);
}

/** The stored form of every key, one character a byte: without it the key cannot be had. */
export async function storedKeys(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('keys');
    const found: string[] = [];
    for await (const handle of folder.values()) {
      if (!(handle instanceof FileSystemFileHandle)) continue;
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      found.push(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    }
    return found;
  });
}
