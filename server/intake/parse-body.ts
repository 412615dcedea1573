import type { z } from 'zod';
import { UserError } from '#shared/kernel/errors.ts';
import { err, ok, type Result } from '#shared/kernel/result.ts';

export type BodyProblem = { field: string; message: string };

/** "items[2].cost" */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part)),
    '',
  );
}

/** The parsed value, or the first problem with the path of its field. */
export function parsePart<T>(schema: z.ZodType<T>, value: unknown): Result<T, BodyProblem> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  return err({ field: pathText(issue?.path ?? []), message: issue?.message ?? 'is not valid' });
}

/** As {@link parsePart}; a problem is thrown, for it fails the whole request. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = parsePart(schema, body ?? {});
  if (!parsed.ok) throw new UserError('invalid_input', parsed.error.message, parsed.error.field || undefined);
  return parsed.value;
}

/** One thing of a bulk request that was not taken. */
export type Failure = { index: number; code: 'invalid_input' | 'forbidden'; field: string | null; message: string };
