import { useState } from 'react';
import { useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { clock } from '#renderer/ui/use-now.ts';
import type { NewSegment } from './starters.ts';

/** Stores a new segment and opens it. */
export function useCreateSegment(): { create: (segment: NewSegment) => void; busy: boolean } {
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);
  const create = (segment: NewSegment) => {
    setBusy(true);
    data
      .saveDocument('segment', null, { ...segment, createdAt: clock() })
      .then(
        (id) => navigate(`/segments/${id}`),
        (error: unknown) => notifyError('The segment was not made', error),
      )
      .finally(() => setBusy(false));
  };
  return { create, busy };
}

export const blankSegment: NewSegment = {
  name: 'New segment',
  description: '',
  rule: { type: 'all', rules: [] },
};
