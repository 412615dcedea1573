import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/**
 * A real SMTP server that counts: which Message-IDs it took, and how many connections had a transaction open when they
 * ended. A transaction is open from MAIL until the connection's next MAIL, or its end.
 */
export type TransactionSink = {
  url: string;
  /** Message-ID → recipients, in order of arrival: complete messages only, answered or not. */
  taken: Map<string, string[]>;
  /** Connections that are open now. */
  connections: number;
  /** Connections so far that ended with a transaction open. */
  endedOpen: number;
  close: () => Promise<void>;
};

/** Each answer to a message takes a while, so that every connection is nearly always in the midst of one. */
export async function startTransactionSink(answerMs: () => number): Promise<TransactionSink> {
  const open = new Set<string>();
  const live = new Set<string>();
  const sink: TransactionSink = {
    url: '',
    taken: new Map(),
    connections: 0,
    endedOpen: 0,
    close: async () => undefined,
  };
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onConnect({ id }, done) {
      live.add(id);
      sink.connections = live.size;
      done();
    },
    onMailFrom(_address, { id }, done) {
      open.add(id);
      done();
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', done);
      stream.on('end', () => {
        const id = /^Message-ID: (\S+)/im.exec(Buffer.concat(chunks).toString('latin1'))?.[1] ?? 'none';
        const recipient = session.envelope.rcptTo[0]?.address ?? '';
        sink.taken.set(id, [...(sink.taken.get(id) ?? []), recipient]);
        setTimeout(() => done(), answerMs());
      });
    },
    onClose({ id }) {
      if (open.delete(id)) sink.endedOpen++;
      live.delete(id);
      sink.connections = live.size;
    },
  });
  // A killed client resets its connections.
  server.on('error', () => undefined);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.server.address() as AddressInfo;
  sink.url = `smtp://127.0.0.1:${port}?maxConnections=10&maxMessages=100000`;
  sink.close = () => new Promise((done) => server.close(() => done()));
  return sink;
}
