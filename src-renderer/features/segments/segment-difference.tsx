import { data } from '#renderer/data/client.ts';
import type { SegmentAnswer } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { useRuleWriter } from '#renderer/parts/list-names.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { contactName } from '#shared/contact/contact-name.ts';
import { ruleWords } from '#shared/segment/rule-words.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import classes from './segment-difference.module.css';

const SAMPLE = 4;

/** In the one and not in the other. */
const onlyIn = (rule: Rule, other: Rule): Rule => ({ type: 'all', rules: [rule, { type: 'not', rule: other }] });

/** What another rule means in people: how many, who comes in, who goes out. */
export function SegmentDifference({ live, draft }: { live: Rule; draft: Rule }) {
  const format = useRuleWriter();
  const answers = useLive(
    () =>
      Promise.all([
        data.segmentAnswer(live, 0),
        data.segmentAnswer(draft, 0),
        data.segmentAnswer(onlyIn(draft, live), SAMPLE),
        data.segmentAnswer(onlyIn(live, draft), SAMPLE),
      ]),
    [JSON.stringify([live, draft])],
    ['columns'],
  );
  if (answers.value === undefined) {
    return answers.error === null ? (
      <SkeletonRows rows={3} label="Comparing" />
    ) : (
      <ErrorState inline title="The two rules could not be compared" error={answers.error} retry={answers.reload} />
    );
  }
  const [before, after, joining, leaving] = answers.value;
  return (
    <>
      <dl className={classes.rules}>
        <dt>Published</dt>
        <dd>
          {ruleWords(live, format)} <span className={classes.dim}>· {format.counted(before.count, 'contact')}</span>
        </dd>
        <dt>Draft</dt>
        <dd>
          {ruleWords(draft, format)} <span className={classes.dim}>· {format.counted(after.count, 'contact')}</span>
        </dd>
      </dl>
      <div className={classes.sides}>
        <Side title="Come in" sign="+" answer={joining} />
        <Side title="Go out" sign="−" answer={leaving} />
      </div>
    </>
  );
}

function Side({ title, sign, answer }: { title: string; sign: string; answer: SegmentAnswer }) {
  const format = useFormat();
  const more = answer.count - answer.sample.length;
  return (
    <section className={classes.side} aria-label={title}>
      <h3 className={classes.title}>{title}</h3>
      <div className={classes.count}>{answer.count === 0 ? 'Nobody' : `${sign}${format.count(answer.count)}`}</div>
      {answer.count === 0 ? null : (
        <ul className={classes.people}>
          {answer.sample.map((row) => (
            <li key={row.id}>{contactName(row)}</li>
          ))}
          {more > 0 ? <li className={classes.dim}>and {format.count(more)} more</li> : null}
        </ul>
      )}
    </section>
  );
}
