import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import type { Names } from './field-value.tsx';

const none: Names = new Map();

/** What messages and segments are called, by id. */
export function useDocumentNames(): Names {
  return useLive(readNames, [], ['documents:message', 'documents:segment']).value ?? none;
}

async function readNames(): Promise<Names> {
  const lists = await Promise.all([data.documents('message'), data.documents('segment')]);
  return new Map(lists.flat().map(({ id, body }) => [id, typeof body.name === 'string' ? body.name : '']));
}
