/** What came of handing one message to an SMTP server. Errors are sorted into classes here and nowhere else. */
import { assertUnreachable } from '#shared/kernel/assert.ts';

export type Outcome =
  /** Answered with 250: the server has it. */
  | { type: 'sent'; response: string }
  /** The server refused this recipient for good. `badAddress`: because there is no such mailbox or domain. */
  | { type: 'bounced'; response: string; badAddress: boolean }
  /** The server refused this message for good. */
  | { type: 'failed'; response: string }
  /** Certainly not taken: may be tried again. `fault`: whether this one message was put off, or the server is not well. */
  | { type: 'retry'; response: string; fault: 'message' | 'server' }
  /** The whole message had been written when the connection was lost: it may or may not have arrived. */
  | { type: 'uncertain'; response: string }
  /** Our own side said no at the last moment (paused, stopped, suppressed). Nothing was sent. */
  | { type: 'withheld' }
  /** The account or the sender is refused: nobody would get anything. Nothing was sent. */
  | { type: 'blocked'; problem: string };

/** What kept a connection from being opened. */
export type OpenFailure = { type: 'unreachable' | 'blocked'; problem: string };

export type SmtpError = Error & {
  code?: string;
  responseCode?: number;
  response?: string;
  command?: string;
  originalCode?: string;
};

/** How far the message had got when an error came. */
export type Progress = { withheld: boolean; started: boolean; endWritten: boolean };

const stageOf = ({ code, command }: SmtpError): 'sender' | 'recipient' | 'data' | 'message' | 'connection' => {
  if (code === 'EMESSAGE' && command === 'DATA') return 'message';
  if (code !== 'EENVELOPE') return 'connection';
  if (command === 'MAIL FROM') return 'sender';
  return command === 'RCPT TO' ? 'recipient' : 'data';
};

/** Total over stage × kind of answer; see the table in the decision on handing over exactly once. */
export function outcomeOf(error: SmtpError, progress: Progress): Outcome {
  if (progress.withheld) return { type: 'withheld' };
  const response = shortResponse(error);
  const stage = stageOf(error);
  const later: Outcome = { type: 'retry', response, fault: error.responseCode === 421 ? 'server' : 'message' };
  const final = (error.responseCode ?? 0) >= 500 && (error.responseCode ?? 0) < 600;
  switch (stage) {
    case 'connection':
      // Larger than the server said it takes: found out before anything was sent.
      if (error.code === 'EMESSAGE') return { type: 'failed', response };
      if (progress.endWritten) return { type: 'uncertain', response };
      // Lost in the midst of this very message: it may be the reason.
      return { type: 'retry', response, fault: progress.started ? 'message' : 'server' };
    case 'sender':
      return final ? { type: 'blocked', problem: `The SMTP server refused the sender: ${response}` } : later;
    case 'recipient':
      return final ? { type: 'bounced', response, badAddress: isBadAddress(response) } : later;
    case 'data':
    case 'message':
      return final ? { type: 'failed', response } : later;
    default:
      return assertUnreachable(stage);
  }
}

/** Enhanced status 5.1.x: the address itself is wrong for good (RFC 3463). A bare 550 may as well be a policy. */
export function isBadAddress(response: string): boolean {
  return /^5\d\d[ -]5\.1\.\d{1,3}\b/.test(response);
}

/** Words for a connection that could not be opened. */
export function openFailureOf(error: SmtpError, server: string): OpenFailure {
  const response = shortResponse(error);
  if (error.code === 'EAUTH' && (error.responseCode === undefined || error.responseCode >= 500)) {
    return { type: 'blocked', problem: `The SMTP server ${server} refused the user name or password: ${response}` };
  }
  return { type: 'unreachable', problem: `The SMTP server ${server} cannot be used right now: ${response}` };
}

/** One line without control characters; addresses in angle brackets are left out, because it is stored and shown. */
function shortResponse(error: SmtpError): string {
  const text = error.response ?? error.message;
  return text
    .replace(/[\p{Cc}]+/gu, ' ')
    .replace(/<[^<>\s]+@[^<>\s]+>/g, '<…>')
    .trim()
    .slice(0, 300);
}
