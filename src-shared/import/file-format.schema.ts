import { z } from 'zod';
import { delimiters } from './delimiters.ts';
import { fileEncodings } from './encodings.ts';

/** How a file is to be read. Every part is guessed and can be corrected. */
export const fileFormat = z.object({
  encoding: z.enum(fileEncodings),
  delimiter: z.enum(delimiters),
  /** Which record names the columns, counted from 0; null: none does. */
  headerRow: z.int().min(0).max(50).nullable(),
  /** What stands before the decimals of a number. */
  decimal: z.enum(['point', 'comma']),
  /** Which of 1/2/2026 comes first; null: nothing in the file tells. */
  dateOrder: z.enum(['dmy', 'mdy']).nullable(),
  /** The sheet of a workbook; null for text files. */
  sheet: z.string().max(200).nullable(),
});
export type FileFormat = z.infer<typeof fileFormat>;
