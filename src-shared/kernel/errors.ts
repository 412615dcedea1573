/** The closed set of error codes that cross a wire. Text may change, a code never does. */
export const errorCodes = [
  'invalid_input',
  'unauthorized',
  'forbidden',
  'not_found',
  'conflict',
  /** The same request was just answered; clients of the public API treat it as done. */
  'duplicate_request',
  'too_large',
  'rate_limited',
  'not_ready',
  'sending_stopped',
  'public_url_unverified',
  'stale_schedule',
  'epoch_changed',
  'newer_version',
  /** This device asks from before what the server still remembers: it compares everything anew. */
  'resync_needed',
  /** The app is older than the oldest one this server serves. */
  'client_too_old',
  'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** An error somebody outside can act on: names the field where there is one, and says the reason in words. */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, field?: string) {
    super(message);
    this.name = 'UserError';
    this.code = code;
    this.field = field;
  }
}
