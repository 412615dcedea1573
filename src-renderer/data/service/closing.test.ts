/** Questions and texts that are under way while the store is closed and opened anew. */
import { expect, test } from 'vitest';
import {
  body,
  device,
  has,
  nameOn,
  segment,
  segments,
  synced,
  until,
  workspace,
} from '#tests/support/people-devices.ts';

const SAVES = 40;

test('what is asked and saved while everything is fetched anew is answered, and no text of it is lost', async () => {
  const server = await workspace();
  server.put(segment('s', { name: 'Kept' }));
  const ann = await device(server, 'ann');
  await until(() => segments(ann.service), has('Kept'));
  let over = false;
  const fetching = ann.api.redownload().finally(() => {
    over = true;
  });
  const saved: string[] = [];
  const answers: Promise<unknown>[] = [];
  for (let count = 0; !over || count < SAVES; count++) {
    const name = `Meanwhile ${count}`;
    if (count < SAVES)
      answers.push(ann.api.saveDocument('segment', null, { ...body, name }).then((id) => saved.push(id)));
    answers.push(ann.api.documents('segment'), ann.api.reviews(), ann.api.exportWaiting(), ann.api.localData());
    answers.push(ann.api.segmentAnswer({ type: 'all', rules: [] }, 5), ann.api.contactCard(1), ann.api.checklist());
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await fetching;
  const failed = (await Promise.allSettled(answers)).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect(failed).toEqual([]);
  await synced(ann.service);
  expect(saved).toHaveLength(SAVES);
  await until(
    async () => saved.filter((id) => nameOn(server, id) === undefined),
    (missing) => missing.length === 0,
  );
});
