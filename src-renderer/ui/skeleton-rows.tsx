import { Skeleton } from '@mantine/core';
import { Delayed } from './delayed.tsx';

const widths = ['62%', '48%', '71%', '55%', '66%', '43%', '58%', '69%'];

/** Quiet rows in place of a list that takes longer than 200 ms. */
export function SkeletonRows({ rows = 8, label = 'Loading' }: { rows?: number; label?: string }) {
  return (
    <Delayed>
      <div role="status" aria-label={label} style={{ padding: '8px 24px' }}>
        {Array.from({ length: rows }, (_, row) => `row-${row}`).map((key, row) => (
          <div key={key} style={{ height: 32, display: 'flex', alignItems: 'center' }}>
            <Skeleton height={10} width={widths[row % widths.length] ?? '60%'} />
          </div>
        ))}
      </div>
    </Delayed>
  );
}
