import { IconCircleCheck } from '@tabler/icons-react';
import { data } from '#renderer/data/client.ts';
import { useLive, useStatus } from '#renderer/data/hooks.ts';
import { useDocumentNames } from '#renderer/parts/document-names.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import review from './review.module.css';
import { ReviewCard } from './review-card.tsx';
import { SyncHeader } from './sync-header.tsx';

/** Versions that gave way and texts that were refused, for the person to decide. */
export function ReviewScreen() {
  const status = useStatus();
  const names = useDocumentNames();
  const reviews = useLive(() => data.reviews(), [], ['documents', 'status']);
  return (
    <Page width="wide" header={<SyncHeader status={status} />}>
      {reviews.value === undefined ? (
        reviews.error === null ? (
          <SkeletonRows label="Loading what is to review" />
        ) : (
          <ErrorState title="What is to review could not be read" error={reviews.error} retry={reviews.reload} />
        )
      ) : reviews.value.length === 0 ? (
        <EmptyState icon={<IconCircleCheck size={24} stroke={1.5} />} title="Nothing to review">
          When two people change the same thing before they hear of each other, one version stands. The other is kept
          here, so that either of them can take it back.
        </EmptyState>
      ) : (
        <div className={review.reviews}>
          {reviews.value.map((item) => (
            <ReviewCard key={item.id} item={item} names={names} />
          ))}
        </div>
      )}
    </Page>
  );
}
