export type ErrorWords = { code: string; message: string; field: string | null };

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Reads what the data worker rejects with, and anything else a promise may throw, into words for the screen. */
export function describeError(error: unknown): ErrorWords {
  if (isRecord(error)) {
    const code = typeof error.code === 'string' ? error.code : 'internal';
    const field = typeof error.field === 'string' ? error.field : null;
    if (typeof error.message === 'string' && error.message !== '') return { code, message: error.message, field };
    return {
      code,
      message: 'Something failed without saying why. Try again; if it stays, look at the server’s log.',
      field,
    };
  }
  return {
    code: 'internal',
    message: typeof error === 'string' ? error : 'Something failed without saying why.',
    field: null,
  };
}
