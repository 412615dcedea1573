import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { fieldValueWords } from '#renderer/parts/field-store.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { useDebounced } from '#renderer/ui/use-debounced.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { type Computed, computedSchema, computedType } from '#shared/contact/computed.schema.ts';
import classes from './computed.module.css';

const SAMPLE = 5;
const ASK_AFTER_MS = 120;

/** What the field would say, while it is being written: of how many contacts, and of the first few. */
export function ComputedPreviewList({ computed }: { computed: Computed }) {
  const format = useFormat();
  const text = useDebounced(JSON.stringify(computed), ASK_AFTER_MS);
  const asked = computedSchema.safeParse(JSON.parse(text)).data ?? null;
  const answer = useLive(
    () => (asked === null ? Promise.resolve(null) : data.computedPreview(asked, SAMPLE, 'computed preview')),
    [text],
    ['columns', 'documents:event-type'],
  );
  const shown = answer.value;
  if (answer.error !== null && !shown) {
    return <ErrorState inline title="It could not be worked out" error={answer.error} retry={answer.reload} />;
  }
  const spec = asked && { type: computedType(asked), computed: asked };
  return (
    <section className={classes.preview} aria-label="Preview">
      <output className={classes.previewCount} aria-live="polite">
        {!shown || !spec
          ? 'Working it out…'
          : shown.count === 0
            ? `None of ${format.counted(shown.total, 'contact')} has a value yet`
            : `${format.count(shown.count)} of ${format.counted(shown.total, 'contact')} with a value`}
      </output>
      {shown && spec && shown.sample.length > 0 ? (
        <ul className={classes.sample} aria-label="Values of some contacts">
          {shown.sample.map(({ id, name, cell }) => (
            <li key={id} className={classes.sampleRow}>
              <span className={classes.sampleName}>{name}</span>
              <span className={classes.sampleValue}>{fieldValueWords(spec, cell, format)}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {shown && shown.asOf.eventsFrom !== null && asked?.source.table === 'event' ? (
        <p className={classes.note}>
          This device knows events since {format.date(shown.asOf.eventsFrom)} only; what happened before does not count
          here. The server counts everything.
        </p>
      ) : null}
    </section>
  );
}
