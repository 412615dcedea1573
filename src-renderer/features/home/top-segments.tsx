import { useMemo } from 'react';
import { Link } from 'wouter';
import { useLive } from '#renderer/data/hooks.ts';
import { typedDocs } from '#renderer/parts/typed-docs.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { type Segment, segmentSchema } from '#shared/segment/segment.schema.ts';
import classes from './home.module.css';

const LIMIT = 6;

/** The newest segments with their live counts. */
export function TopSegments() {
  const docs = useLive((from) => from.documents('segment'), [], ['documents']);
  const segments = useMemo(
    () =>
      typedDocs<Segment>(segmentSchema, docs.value ?? [])
        .toSorted((a, b) => b.body.createdAt - a.body.createdAt)
        .slice(0, LIMIT),
    [docs.value],
  );
  return (
    <section className={classes.card} aria-label="Segments">
      <div className={classes.cardHead}>
        <h2 className={classes.cardTitle}>Segments</h2>
        <Link href="/segments">All segments</Link>
      </div>
      {segments.length === 0 ? (
        <p className={classes.none}>{docs.value === undefined ? '' : 'No segments yet.'}</p>
      ) : (
        <ul className={classes.list}>
          {segments.map(({ id, body }) => (
            <li key={id} className={classes.item}>
              <Link href={`/segments/${id}`} className={classes.itemName} title={body.name}>
                {body.name}
              </Link>
              <SegmentCount segment={body} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function SegmentCount({ segment }: { segment: Segment }) {
  const format = useFormat();
  const answer = useLive((from) => from.segmentAnswer(segment.rule, 0), [JSON.stringify(segment.rule)], ['columns']);
  if (answer.error !== null) {
    return (
      <span className={classes.itemState} title={answer.error.message}>
        –
      </span>
    );
  }
  return <span className={classes.itemState}>{answer.value ? format.counted(answer.value.count, 'contact') : ''}</span>;
}
