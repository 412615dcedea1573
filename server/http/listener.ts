import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { codeOf, StartError } from '#server/start-error.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export type Listener = {
  server: Server;
  port: number;
  /** Until this is called every request is answered 503. */
  answerWith: (handler: Handler) => void;
  /** No new requests; open event streams end at once (their clients come back by themselves), other requests finish. */
  close: () => Promise<void>;
};

const DRAIN_MS = 10_000;

function starting(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
  response.end('{"status":"starting"}');
}

/** Takes the port at once, before anything slow is started, so that a taken port is known first. */
export function listen(host: string, port: number): Promise<Listener> {
  let handler: Handler = starting;
  let closing = false;
  const streams = new Set<Socket>();
  const server = createServer({ requestTimeout: 300_000 }, (request, response) => {
    if (closing) response.setHeader('connection', 'close');
    if (request.headers.accept?.includes('text/event-stream')) {
      streams.add(request.socket);
      response.once('close', () => streams.delete(request.socket));
    }
    handler(request, response);
  });

  async function close(): Promise<void> {
    closing = true;
    const closed = new Promise<void>((done) => server.close(() => done()));
    for (const socket of streams) socket.destroy();
    server.closeIdleConnections();
    // Connections kept open by a client become idle one by one as their answers end.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    const limit = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    await closed;
    clearInterval(sweep);
    clearTimeout(limit);
  }

  return new Promise((done, fail) => {
    server.once('error', (error) => {
      const reasons: Record<string, string> = {
        EADDRINUSE: `MUSTER_PORT: port ${port} on ${host} is taken by another program. Stop it, or set MUSTER_PORT to another port.`,
        EACCES: `MUSTER_PORT: this user may not use port ${port}. Set MUSTER_PORT to another port.`,
        EADDRNOTAVAIL: `MUSTER_HOST: ${host} is not an address of this machine.`,
        ENOTFOUND: `MUSTER_HOST: ${host} is not an address of this machine.`,
      };
      const reason = reasons[codeOf(error) ?? ''];
      fail(reason ? new StartError(reason, { cause: error }) : error);
    });
    server.listen(port, host, () => {
      const address = server.address();
      if (typeof address !== 'object' || address === null) throw new Error('listening without an address');
      done({
        server,
        port: address.port,
        answerWith(next) {
          handler = next;
        },
        close,
      });
    });
  });
}
