import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

export type SunkMail = { to: string; from: string; parsed: ParsedMail; raw: string };

export type SmtpAnswer = { code: number; text: string };

/** A real SMTP server on loopback that keeps what it takes. Each hook may answer an error instead. */
export type SmtpSink = {
  url: string;
  mails: SunkMail[];
  /** Called for MAIL, RCPT and at the end of DATA; an answer refuses. */
  refuse: {
    mail?: (from: string) => SmtpAnswer | null;
    recipient?: (to: string) => SmtpAnswer | null;
    message?: (to: string) => SmtpAnswer | null;
  };
  /** Called when DATA begins; `cut` ends the connection there and then. */
  onData?: (to: string, cut: () => void, stream: SMTPServerDataStream) => void | Promise<void>;
  /** Called when a whole message was read, before it is answered; true = the connection was cut instead. */
  beforeAnswer?: (to: string, cut: () => void) => boolean | Promise<boolean>;
  connections: number;
  close: () => Promise<void>;
};

const refusal = ({ code, text }: SmtpAnswer): Error => Object.assign(new Error(text), { responseCode: code });

/** `query` goes behind the address: `?maxConnections=2`. */
export async function startSmtpSink(
  options: { query?: string; port?: number; server?: SMTPServerOptions } = {},
): Promise<SmtpSink> {
  // A connection is known by its remote port.
  const sockets = new Map<number, { destroy: () => void }>();
  const sink: SmtpSink = { url: '', mails: [], refuse: {}, connections: 0, close: async () => undefined };
  const cut = (session: SMTPServerSession) => (): void => sockets.get(session.remotePort)?.destroy();
  const to = (session: SMTPServerSession): string => session.envelope.rcptTo[0]?.address ?? '';

  async function take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<Error | null> {
    const recipient = to(session);
    const sender = session.envelope.mailFrom;
    await sink.onData?.(recipient, cut(session), stream);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const refused = sink.refuse.message?.(recipient);
    if (refused) return refusal(refused);
    const raw = Buffer.concat(chunks);
    sink.mails.push({
      to: recipient,
      from: sender ? sender.address : '',
      raw: raw.toString('latin1'),
      parsed: await simpleParser(raw),
    });
    if (await sink.beforeAnswer?.(recipient, cut(session))) return null;
    return null;
  }

  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    hideENHANCEDSTATUSCODES: true,
    logger: false,
    ...options.server,
    onConnect(_session, done) {
      sink.connections++;
      done();
    },
    onMailFrom({ address }, _session, done) {
      const refused = sink.refuse.mail?.(address);
      done(refused ? refusal(refused) : null);
    },
    onRcptTo({ address }, _session, done) {
      const refused = sink.refuse.recipient?.(address);
      done(refused ? refusal(refused) : null);
    },
    onData(stream, session, done) {
      take(stream, session).then(
        (error) => done(error),
        // The connection was cut in the midst of the message.
        (error: Error) => done(error),
      );
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.on('close', () => sockets.delete(port));
  });
  await new Promise<void>((done) => server.listen(options.port ?? 0, '127.0.0.1', done));
  const { port } = server.server.address() as AddressInfo;
  sink.url = `smtp://127.0.0.1:${port}${options.query ?? ''}`;
  sink.close = () => {
    for (const socket of sockets.values()) socket.destroy();
    return new Promise((done) => server.close(() => done()));
  };
  return sink;
}
