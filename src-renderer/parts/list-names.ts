import { useMemo } from 'react';
import type { DataApi } from '#renderer/data/data-api.ts';
import { type Live, useLive } from '#renderer/data/hooks.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { categorySchema } from '#shared/consent/category.schema.ts';
import { listSchema } from '#shared/consent/list.schema.ts';
import type { FieldId } from '#shared/contact/field.schema.ts';
import { useAllFieldSpecs } from './field-store.ts';
import { typedDocs } from './typed-docs.ts';

export type KnownList = { id: string; name: string; kind: 'list' | 'category'; tags?: string[] | undefined };

const byName = (a: KnownList, b: KnownList): number => a.name.localeCompare(b.name);

const readLists = async (from: DataApi): Promise<KnownList[]> => {
  const [lists, categories] = await Promise.all([from.documents('list'), from.documents('category')]);
  return [
    ...typedDocs(listSchema, lists).map(
      ({ id, body }): KnownList => ({ id, name: body.name, kind: 'list', tags: body.tags }),
    ),
    ...typedDocs(categorySchema, categories).map(
      ({ id, body }): KnownList => ({ id, name: body.name, kind: 'category', tags: body.tags }),
    ),
  ].sort(byName);
};

/** Every list and category by name, or why they could not be read. */
export const useLiveLists = (): Live<KnownList[]> => useLive(readLists, [], ['documents:list', 'documents:category']);

/** Every list and category by name; undefined until the device answered. */
export const useLists = (): KnownList[] | undefined => useLiveLists().value;

/** The workspace's formatters with the names of its lists and fields, for rules in words. */
export function useRuleWriter() {
  const format = useFormat();
  const lists = useLists();
  const fields = useAllFieldSpecs();
  return useMemo(() => {
    const names = new Map((lists ?? []).map(({ id, name }) => [id, name]));
    return { ...format, list: (id: string) => names.get(id), field: (id: FieldId) => fields.get(id) };
  }, [format, lists, fields]);
}
