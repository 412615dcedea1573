import { type Logger, pino } from 'pino';

/**
 * JSON lines, on standard output unless told otherwise. Errors are cut to what a developer needs: PostgreSQL puts values
 * of the failing row into `detail`, and those are somebody's personal data.
 */
export function createLogger(to: { level: 'info' | 'warn'; fd: 1 | 2 } = { level: 'info', fd: 1 }): Logger {
  return pino(
    { level: to.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describeError } },
    pino.destination({ fd: to.fd, sync: true }),
  );
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    message: error.message,
    code,
    stack: error.stack,
    ...(error.cause instanceof Error ? { cause: describeError(error.cause) } : {}),
  };
}
