import { useEffect } from 'react';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { fieldSpecs } from '#shared/contact/field.schema.ts';
import { setFieldSpecs } from './field-store.ts';

/** Keeps the known fields current; used once, by the shell. One that the server refused is not a field yet. */
export function useWatchFields(): void {
  const documents = useLive(() => data.documents('contact-field'), [], ['documents', 'session']);
  const found = documents.value;
  useEffect(() => {
    if (found) setFieldSpecs(fieldSpecs(found.filter(({ refusal }) => refusal === null)));
  }, [found]);
}
