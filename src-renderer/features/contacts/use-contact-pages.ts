import { startTransition, useEffect, useReducer, useRef, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import type { AsOf, ContactQuery, ContactRow } from '#renderer/data/data-api.ts';
import { useChange } from '#renderer/data/hooks.ts';
import { PageCache } from './page-cache.ts';

type ContactPages = PageCache<ContactRow, AsOf>;

/**
 * The pages of a query, asked again when the data changes. After a new query the old rows stay until the first new
 * page is here, so that typing never flashes an empty list. However many answers arrive, one render per frame.
 */
export function useContactPages(query: ContactQuery): {
  pages: ContactPages | null;
  query: ContactQuery;
  version: number;
} {
  const [shown, setShown] = useState<{ pages: ContactPages; query: ContactQuery } | null>(null);
  const [version, bump] = useReducer((count: number) => count + 1, 0);
  const newest = useRef<ContactPages | null>(null);

  useEffect(() => {
    let frame = 0;
    const pages: ContactPages = new PageCache({
      load: (offset, limit) => data.contactPage(query, offset, limit, 'contact list'),
      changed: () => {
        frame ||= requestAnimationFrame(() => {
          frame = 0;
          // Drawing the list gives way to a click or a key that comes meanwhile.
          startTransition(() => {
            setShown((old) => (old?.pages === pages ? old : { pages, query }));
            bump();
          });
        });
      },
    });
    newest.current = pages;
    pages.want(0, 40);
    return () => {
      cancelAnimationFrame(frame);
      pages.close();
    };
  }, [query]);

  useChange(['columns', 'documents'], (change) => {
    if (change.topic === 'columns' || change.kind === 'contact-edit') newest.current?.refresh();
  });

  return { pages: shown?.pages ?? null, query: shown?.query ?? query, version };
}
