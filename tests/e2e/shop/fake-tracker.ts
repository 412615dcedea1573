/** What the script talks to, where only the script is looked at: serves it, and keeps what it sends. */
import { createServer } from 'node:http';
import { z } from 'zod';

const envelope = z.looseObject({
  GeneralInfo: z.looseObject({
    eventName: z.string(),
    messageId: z.string(),
    datetime: z.number(),
    cookies: z.object({ sc: z.string() }),
  }),
});
export type Sent = z.infer<typeof envelope>;

export type FakeTracker = {
  url: string;
  /** Every event of every request that was answered with success. */
  sent: Sent[];
  requests: number;
  /** What it answers; 0 = it hangs up without an answer. */
  status: number;
  close: () => Promise<void>;
};

export async function startFakeTracker(script: () => string): Promise<FakeTracker> {
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script());
      return;
    }
    let body = '';
    for await (const piece of request) body += String(piece);
    tracker.requests += 1;
    if (tracker.status === 0) {
      request.socket.destroy();
      return;
    }
    if (tracker.status === 200) tracker.sent.push(...z.array(envelope).parse(JSON.parse(body)));
    response.writeHead(tracker.status, { 'access-control-allow-origin': '*' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the tracker has no address');
  const tracker: FakeTracker = {
    url: `http://127.0.0.1:${address.port}`,
    sent: [],
    requests: 0,
    status: 200,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return tracker;
}
