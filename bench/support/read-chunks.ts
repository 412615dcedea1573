import type { BrowserContext } from 'playwright-core';

/** Ms to read every chunk's bytes from the browser's store, with nothing done to them. */
export async function readAllChunks(context: BrowserContext, url: string): Promise<number> {
  const page = await context.newPage();
  // A page of this origin without the app, so that no worker runs.
  await page.goto(`${url}/health`);
  const elapsed = await page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const started = performance.now();
    const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
    const name = names.find((one) => one.endsWith('--chunks'));
    if (!name) throw new Error(`There is no store of chunks among ${names.join(', ')}.`);
    const db = await settled(indexedDB.open(name));
    const rows: { data: Blob }[] = await settled(db.transaction('attachments').objectStore('attachments').getAll());
    let bytes = 0;
    for (const { data } of rows) bytes += (await data.arrayBuffer()).byteLength;
    if (bytes === 0) throw new Error('No bytes were read.');
    return performance.now() - started;
  });
  await page.close();
  return elapsed;
}
