/**
 * What a backup file is made of (decision 0014):
 *
 *   {"musterBackup":1,"schema":2,…}\n        the header, readable with `head -1`
 *   gzip of, for each table: {"table":…,"columns":[…]}\n, its rows in COPY's text format, \.\n; at last {"sequences":[…]}\n
 *   \nsha256:<64 hex digits>\n               of everything before this line
 *
 * The checksum stands at the end, where a stream knows it, and has a fixed length, so that a reader can hold it back.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '#shared/kernel/errors.ts';

/** Bumped when an older Muster could not read the file. */
export const BACKUP_FORMAT = 1;

export const headerSchema = z.object({
  musterBackup: z.int().min(1),
  /** Number of the newest migration of the database it was taken from. */
  schema: z.int().min(1),
  /** Version of the Muster that wrote it. */
  muster: z.string(),
  createdAt: z.iso.datetime(),
  /** Rows of each table, in the order of the file. */
  tables: z.record(z.string(), z.int().min(0)),
});
export type BackupHeader = z.infer<typeof headerSchema>;

export const tableLineSchema = z.object({ table: z.string(), columns: z.array(z.string()).min(1) });
export type TableLine = z.infer<typeof tableLineSchema>;

export const sequencesLineSchema = z.object({
  sequences: z.array(
    z.object({
      name: z.string(),
      /** Text: a bigint may be larger than a number holds. */
      lastValue: z.string().regex(/^-?\d+$/),
      isCalled: z.boolean(),
    }),
  ),
});
export type SequenceState = z.infer<typeof sequencesLineSchema>['sequences'][number];

export const jsonLine = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value)}\n`);

const TRAILER = /^\nsha256:([0-9a-f]{64})\n$/;
const TRAILER_BYTES = 73;
const LONGEST_HEADER = 1 << 20;

/** Puts header and checksum around the compressed body. */
export async function* seal(header: BackupHeader, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const hash = createHash('sha256');
  const first = jsonLine(header);
  hash.update(first);
  yield first;
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
  yield Buffer.from(`\nsha256:${hash.digest('hex')}\n`);
}

const damaged = (what: string): UserError => new UserError('invalid_input', `The backup ${what}`, 'file');
const notOne = (): UserError => damaged('cannot be read: this is not a file that `muster backup` wrote.');
export const cutOff = (): UserError => damaged('is not complete: the file was cut off. Nothing was restored.');
export const wrongSum = (): UserError =>
  damaged('is damaged: its content does not match its checksum. Nothing was restored.');

function parseHeader(line: Buffer): BackupHeader {
  let json: unknown;
  try {
    json = JSON.parse(line.toString());
  } catch {
    throw notOne();
  }
  const format = z.object({ musterBackup: z.int() }).safeParse(json);
  if (!format.success) throw notOne();
  if (format.data.musterBackup > BACKUP_FORMAT) {
    throw new UserError('newer_version', 'The backup was written by a newer Muster, in a form this one cannot read.');
  }
  const header = headerSchema.safeParse(json);
  if (!header.success) throw notOne();
  return header.data;
}

/**
 * Takes header and checksum off again. `onHeader` is called first; what follows is the compressed body. The checksum is
 * judged at the end: whoever reads must not keep anything before the iteration has ended without an error.
 */
export async function* unseal(
  file: AsyncIterable<Buffer>,
  onHeader: (header: BackupHeader) => void,
): AsyncGenerator<Buffer, void, void> {
  const hash = createHash('sha256');
  let held: Buffer = Buffer.alloc(0);
  let header: BackupHeader | null = null;
  for await (const chunk of file) {
    held = Buffer.concat([held, chunk]);
    if (!header) {
      const end = held.indexOf(10);
      if (held[0] !== 0x7b || (end < 0 && held.length > LONGEST_HEADER)) throw notOne();
      if (end < 0) continue;
      header = parseHeader(held.subarray(0, end));
      onHeader(header);
      hash.update(held.subarray(0, end + 1));
      held = held.subarray(end + 1);
    }
    if (held.length <= TRAILER_BYTES) continue;
    const body = held.subarray(0, held.length - TRAILER_BYTES);
    hash.update(body);
    held = held.subarray(body.length);
    yield body;
  }
  if (!header) throw held.length === 0 ? notOne() : cutOff();
  const [, sum] = TRAILER.exec(held.toString('latin1')) ?? [];
  if (sum === undefined) throw cutOff();
  if (sum !== hash.digest('hex')) throw wrongSum();
}
