import { Panel, PanelSection } from '#renderer/ui/panel.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { type IntakeProblem, problemReasonWords } from '#shared/event/intake-problem.ts';
import classes from './events.module.css';
import { problemSubject } from './problem-words.ts';

/** One thing that could not be stored, with what came and what the server said. */
export function ProblemPanel({ problem, onClose }: { problem: IntakeProblem; onClose: () => void }) {
  const { name, mend } = problemReasonWords[problem.reason];
  return (
    <Panel
      label="Problem"
      title={problemSubject(problem)}
      subtitle={
        <>
          Came in <Time at={problem.receivedAt} withTime />, given up <Time at={problem.parkedAt} withTime />
        </>
      }
      onClose={onClose}
    >
      <PanelSection title="Why">
        <p className={classes.words}>
          {name}. {mend}
        </p>
        {problem.error === null ? null : <pre className={classes.payload}>{problem.error}</pre>}
      </PanelSection>
      <PanelSection title="What came">
        {problem.payload === null ? (
          <p className={classes.words}>What it says may be personal; your role does not show it.</p>
        ) : (
          <pre className={classes.payload}>{problem.payload}</pre>
        )}
      </PanelSection>
    </Panel>
  );
}
