import { z } from 'zod';
import { tagsSchema } from '#shared/contact/tag.schema.ts';

/** What a category is called in the API: lower-case letters, digits and single hyphens. */
const key = z
  .string()
  .max(60, 'A key has at most 60 characters')
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'A key is lower-case letters, digits and hyphens');

/**
 * Body of the document `category:<key>`: what people can subscribe to. The key never changes, because shops and forms
 * name it; being the document's id it is unique too. Its subscribers are rows of table membership under that id.
 */
export const categorySchema = z.object({
  key,
  name: z.string().trim().min(1, 'Give the category a name').max(120),
  description: z.string().max(500).default(''),
  createdAt: z.number(),
  tags: tagsSchema,
});
export type Category = z.infer<typeof categorySchema>;
export const CATEGORY_VERSION = 1;

const PREFIX = 'category:';
export const categoryId = (categoryKey: string): string => `${PREFIX}${categoryKey}`;
/** Whether a list's id is a category's: its protected list, which exists as long as the category does. */
export const isCategoryId = (listId: string): boolean => listId.startsWith(PREFIX);

const latin: Readonly<Record<string, string>> = Object.fromEntries(
  'а a,б b,в v,г h,ґ g,д d,е e,є ie,ж zh,з z,и y,і i,ї i,й i,к k,л l,м m,н n,о o,п p,р r,с s,т t,у u,ф f,х kh,ц ts,ч ch,ш sh,щ shch,ь ,ю iu,я ia,ы y,э e,ё e,ъ ,ß ss,æ ae,ø o,ł l,đ d'
    .split(',')
    .map((pair) => [pair.slice(0, 1), pair.slice(2)]),
);

/** A key made of a name: "Новини тижня" → "novyny-tyzhnia". One that is taken gets a number. */
export function keyOfName(name: string, taken: ReadonlySet<string>): string {
  const letters = [...name.toLowerCase()].map((letter) => latin[letter] ?? letter).join('');
  const plain = letters
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-+|-+$/g, '');
  const base = plain === '' ? 'category' : plain;
  for (let number = 1; ; number++) {
    const found = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(found)) return found;
  }
}
