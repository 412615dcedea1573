import { Button } from '@mantine/core';
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react';
import { Link } from 'wouter';
import type { Checklist } from '#renderer/data/data-api.ts';
import { LoadDemoButton } from '#renderer/parts/load-demo-button.tsx';
import { mayNow, useCan, useRole } from '#renderer/parts/use-can.ts';
import classes from './home.module.css';
import { progress, steps } from './steps.ts';

/** First steps, ticked from what is really there. */
export function ChecklistCard({ checklist, onChanged }: { checklist: Checklist; onChanged: () => void }) {
  // Drawn again when the role becomes known.
  useRole();
  const mayLoadDemo = useCan('administer');
  const { done, next } = progress(checklist);
  return (
    <section className={classes.card} aria-label="First steps">
      <div className={classes.cardHead}>
        <h2 className={classes.cardTitle}>First steps</h2>
        <span className={classes.dim}>
          {done} of {steps.length} done
        </span>
      </div>
      <ol className={classes.steps}>
        {steps.map((step) => {
          const ticked = checklist[step.key];
          const isNext = step.key === next?.key;
          // Nobody has a file at hand the minute they look at a new tool; the shop shows what it is for.
          const offersDemo = step.key === 'contactsIn' && mayLoadDemo;
          return (
            <li key={step.key} className={classes.step} data-done={ticked || undefined}>
              {ticked ? (
                <IconCircleCheckFilled className={classes.tick} size={18} role="img" aria-label="Done" />
              ) : (
                <IconCircle className={classes.circle} size={18} stroke={1.5} role="img" aria-label="To do" />
              )}
              <div className={classes.stepText}>
                <div className={classes.stepTitle}>{step.title}</div>
                {ticked ? null : <div className={classes.dim}>{step.text}</div>}
              </div>
              {ticked || !mayNow(step.needs) ? null : (
                <div className={classes.stepActions}>
                  {offersDemo ? <LoadDemoButton onLoaded={onChanged} variant="filled" /> : null}
                  <Button
                    component={Link}
                    href={step.action.href}
                    variant={isNext && !offersDemo ? 'filled' : 'default'}
                  >
                    {step.action.label}
                  </Button>
                </div>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
