import { TRPCClientError } from '@trpc/client';
import { z } from 'zod';
import type { DataError } from '#renderer/data/data-api.ts';
import { errorCodes, UserError } from '#shared/kernel/errors.ts';

const serverData = z.object({
  reason: z.enum(errorCodes).nullish(),
  field: z.string().nullish(),
  httpStatus: z.number().optional(),
  code: z.string().optional(),
});

const byStatus: Record<number, DataError['code']> = {
  400: 'invalid_input',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  412: 'conflict',
  413: 'too_large',
  429: 'rate_limited',
  // Answers of something in front of a server that is not there.
  502: 'offline',
  503: 'not_ready',
  504: 'offline',
};

export const OFFLINE: DataError = { code: 'offline', message: 'The server cannot be reached right now.' };

/** A failure on its way to the page. The message is meant for people. */
export class DataFailure extends Error {
  readonly data: DataError;

  constructor(data: DataError, options?: ErrorOptions) {
    super(data.message, options);
    this.name = 'DataFailure';
    this.data = data;
  }
}

/** The error of an HTTP answer that is not 2xx. */
export function failureOfStatus(status: number, message: string | null): DataFailure {
  const code = byStatus[status] ?? 'internal';
  return new DataFailure(code === 'offline' ? OFFLINE : { code, message: message ?? `The server answered ${status}.` });
}

/** Turns whatever was thrown into the closed set of errors; unknown ones keep their cause. */
export function toFailure(error: unknown): DataFailure {
  if (error instanceof DataFailure) return error;
  if (error instanceof UserError) {
    const { code, message, field } = error;
    return new DataFailure({ code, message, ...(field === undefined ? {} : { field }) }, { cause: error });
  }
  if (error instanceof TRPCClientError) {
    const parsed = serverData.safeParse(error.data);
    // Without data there was no answer of the server: no network, or something else that answered instead of it.
    if (!parsed.success) return new DataFailure(OFFLINE, { cause: error });
    const { reason, field, httpStatus } = parsed.data;
    const code = reason ?? byStatus[httpStatus ?? 500] ?? 'internal';
    const input = reason ? null : inputIssue(error.message);
    const where = field ?? input?.field;
    return new DataFailure(
      { code, message: input?.message ?? error.message, ...(where ? { field: where } : {}) },
      { cause: error },
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  return new DataFailure({ code: 'internal', message }, { cause: error });
}

const issues = z.array(z.object({ message: z.string(), path: z.array(z.union([z.string(), z.number()])) })).min(1);

/** tRPC puts the issues of a refused input into the message, as JSON. */
function inputIssue(message: string): { message: string; field: string } | null {
  if (!message.startsWith('[')) return null;
  let json: unknown;
  try {
    json = JSON.parse(message);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const [issue] = issues.safeParse(json).data ?? [];
  return issue ? { message: issue.message, field: issue.path.join('.') } : null;
}
