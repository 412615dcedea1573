/** What a file looks like: its first rows, and what each column probably is. */
import { readFieldSpecs } from '#server/contacts/field-specs.ts';
import type { Database } from '#server/storage/database.ts';
import { readCategories } from '#server/subscriptions/subscriptions.ts';
import type { UploadInfo } from '#shared/api/import.schema.ts';
import { guessMap } from '#shared/import/guess-map.ts';
import type { CsvFile } from './csv-file.ts';
import { rememberedMap } from './remembered-maps.ts';

const SAMPLE_ROWS = 20;
/** By how many rows values are judged. */
const JUDGED_ROWS = 100;

export async function describeFile(
  db: Pick<Database, 'query'>,
  { id, fileName, sheets, file }: { id: string; fileName: string; sheets: string[]; file: CsvFile },
): Promise<UploadInfo> {
  const rows: string[][] = [];
  for await (const { cells } of file.records()) {
    rows.push(cells);
    if (rows.length >= JUDGED_ROWS) break;
  }
  const { columns, format } = file;
  const [fields, categories] = await Promise.all([readFieldSpecs(db), readCategories(db)]);
  const { profile, ...guess } = guessMap(columns, { fields, categories, fileName, sample: rows });
  const known = await rememberedMap(db, columns, { fields, categories });
  return {
    id,
    fileName,
    columns,
    sample: rows.slice(0, SAMPLE_ROWS),
    format,
    sheets,
    ...(known ?? guess),
    remembered: known !== null,
    origin: profile && { name: profile.name, act: profile.act },
  };
}
