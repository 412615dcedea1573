/** How a route of the public API is described: once, for the server that answers it and for its documentation. */
import { z } from 'zod';
import type { VerifiedKey } from '#server/accounts/api-keys.ts';
import type { Permission } from '#server/intake/basic-auth.ts';
import { parseBody } from '#server/intake/parse-body.ts';

/** Nothing is expected there. */
export const nothing = z.unknown();

export type ApiCall<B, Q> = { body: B; query: Q; params: Readonly<Record<string, string>>; key: VerifiedKey };

/** `text` is answered as it is; the original answers some calls with a plain sentence. Neither: an empty body. */
export type ApiAnswer = { status?: number; headers?: Readonly<Record<string, string>>; json?: unknown; text?: string };

type Description = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below /api, with parameters as ":id". */
  path: string;
  tag: string;
  summary: string;
  /** None: every key may. */
  may?: Permission;
  /**
   * An equal request of the same key right after this one is answered "Duplicated request". The answer of `run` names
   * the subject, so that only an equal request with nothing else in between counts.
   */
  once?: (json: unknown) => string;
  /** The body for readers, where the route reads it by itself. */
  documented?: z.ZodType;
};

export type ApiRoute = Description & {
  body: z.ZodType;
  query: z.ZodType;
  run: (call: ApiCall<unknown, unknown>) => Promise<ApiAnswer>;
};

/** A route whose body and query are what the schemas say; anything else is answered 400 and names the field. */
export function route<B, Q>(
  spec: Description & {
    body: z.ZodType<B>;
    query: z.ZodType<Q>;
    run: (call: ApiCall<B, Q>) => Promise<ApiAnswer>;
  },
): ApiRoute {
  return {
    ...spec,
    run: (call) =>
      spec.run({
        ...call,
        body: spec.body === nothing ? spec.body.parse(call.body) : parseBody(spec.body, call.body),
        query: parseBody(spec.query, call.query),
      }),
  };
}

const wholeNumber = (fallback: number, min: number, max: number) =>
  z.preprocess(
    (value) => (value === '' || value === undefined ? fallback : Number(value)),
    z
      .int(`is not a whole number from ${min} to ${max}`)
      .min(min, `is less than ${min}`)
      .transform((value) => Math.min(value, max)),
  );

/** `startindex` counts from 1; more rows than `max` are never answered. */
export const pageQuery = (fallback: number, max: number) => ({
  startindex: wholeNumber(1, 1, 2 ** 31 - 1),
  maxrows: wholeNumber(fallback, 1, max),
});

export const offsetQuery = (fallback: number, max: number) => ({
  offset: wholeNumber(0, 0, 2 ** 31 - 1),
  maxrows: wholeNumber(fallback, 1, max),
});

/** The header that tells how many rows there are in all. */
export const totalHeader = (total: number): Record<string, string> => ({ TotalCount: String(total) });
