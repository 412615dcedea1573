import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Lane, LaneMessage } from '../channel.ts';
import { GatedMessage } from './gated-message.ts';
import { type OpenFailure, type Outcome, openFailureOf, outcomeOf, type SmtpError } from './outcome.ts';
import type { SmtpSettings } from './smtp-settings.ts';

/** One connection to the SMTP server: one message at a time, opened when needed, kept for the next one. */
export function createSmtpLane(settings: SmtpSettings): Lane {
  let connection: SMTPConnection | null = null;
  let messages = 0;

  function close(): void {
    connection?.close();
    connection = null;
  }

  async function open(): Promise<OpenFailure | null> {
    if (connection) return null;
    const fresh = new SMTPConnection({ ...settings.connection, logger: false });
    try {
      await connect(fresh);
      if (settings.auth && fresh.allowsAuth) await login(fresh, settings.auth);
    } catch (error) {
      fresh.close();
      return openFailureOf(smtpError(error), settings.host);
    }
    // A server that ends an idle session: the next message opens another.
    fresh.once('end', () => {
      if (connection === fresh) connection = null;
    });
    connection = fresh;
    messages = 0;
    return null;
  }

  async function send({ from, to, body, gate }: LaneMessage): Promise<Outcome> {
    const current = connection;
    if (!current) return { type: 'retry', response: 'The connection was closed', fault: 'server' };
    const source = new GatedMessage(body, gate);
    const result = await transmit(current, { from, to: [to], size: body.length }, source);
    messages++;
    if (!('error' in result)) {
      if (messages >= settings.maxMessages) quit();
      return { type: 'sent', response: result.response.slice(0, 300) };
    }
    const { error } = result;
    const refusedInWords = error.code === 'EENVELOPE' || error.code === 'EMESSAGE';
    // The connection may have been closed under the refusal; resetting it then would wait for ever.
    const usable = refusedInWords && error.responseCode !== 421 && connection === current;
    if (!usable || !(await reset(current))) close();
    return outcomeOf(error, source);
  }

  function quit(): void {
    connection?.quit();
    connection = null;
  }

  return { open, send, close, quit, isOpen: () => connection !== null };
}

function connect(connection: SMTPConnection): Promise<void> {
  return new Promise((done, fail) => {
    // Stays on for the connection's life: an error without a listener would end the process. A send in flight gets the
    // same error through its own callback; an idle connection's error is followed by its end.
    connection.on('error', fail);
    connection.connect((error) => (error ? fail(error) : done()));
  });
}

function login(connection: SMTPConnection, { user, pass }: { user: string; pass: string }): Promise<void> {
  return new Promise((done, fail) => {
    connection.login({ user, pass, credentials: { user, pass } }, (error) => (error ? fail(error) : done()));
  });
}

type Envelope = { from: string; to: string[]; size: number };

function transmit(
  connection: SMTPConnection,
  envelope: Envelope,
  source: GatedMessage,
): Promise<{ response: string } | { error: SmtpError }> {
  return new Promise((done) => {
    connection.send(envelope, source, (error, info) => {
      if (error) done({ error: smtpError(error) });
      else done({ response: info?.response ?? '' });
    });
  });
}

/** RSET after a refusal; false when the connection is of no more use. */
function reset(connection: SMTPConnection): Promise<boolean> {
  return new Promise((done) => {
    connection.once('end', () => done(false));
    connection.reset((error) => done(!error));
  });
}

function smtpError(error: unknown): SmtpError {
  return error instanceof Error ? error : new Error(String(error));
}
