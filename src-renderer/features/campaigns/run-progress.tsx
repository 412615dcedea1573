import type { CampaignRun } from '#shared/campaign/campaign.schema.ts';
import { countWords, leftCount } from '#shared/campaign/campaign-words.ts';
import classes from './campaigns.module.css';

/** One bar for everybody in the campaign, labelled directly with the numbers. */
export function RunProgress({ run }: { run: CampaignRun }) {
  const { counts } = run;
  const waiting = (counts.queued ?? 0) + (counts.sending ?? 0);
  const parts = [
    { key: 'sent', words: 'sent', count: leftCount(counts), className: classes.sent },
    { key: 'skipped', words: 'skipped', count: counts.skipped ?? 0, className: classes.skippedBar },
    { key: 'failed', words: 'failed', count: counts.failed ?? 0, className: classes.failedBar },
    { key: 'uncertain', words: 'uncertain', count: counts.uncertain ?? 0, className: classes.uncertainBar },
    { key: 'waiting', words: 'waiting', count: waiting, className: undefined },
    { key: 'cancelled', words: 'never sent', count: counts.cancelled ?? 0, className: undefined },
  ];
  const whole = Math.max(1, run.recipients);
  const settled = run.recipients - waiting;
  return (
    <>
      <div
        className={classes.progress}
        role="progressbar"
        aria-label="Contacts settled"
        aria-valuemin={0}
        aria-valuemax={run.recipients}
        aria-valuenow={Math.max(0, settled)}
        aria-valuetext={`${countWords(Math.max(0, settled))} of ${countWords(run.recipients)}`}
      >
        {parts.map(({ key, count, className }) =>
          className && count > 0 ? (
            <span key={key} className={className} style={{ width: `${(count / whole) * 100}%` }} />
          ) : null,
        )}
      </div>
      <ul className={classes.key}>
        {parts.map(({ key, words, count, className }) =>
          count > 0 || key === 'sent' ? (
            <li key={key}>
              <i className={className} aria-hidden />
              {countWords(count)} {words}
            </li>
          ) : null,
        )}
      </ul>
    </>
  );
}
