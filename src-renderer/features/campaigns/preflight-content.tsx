import { IconAlertTriangle, IconCheck, IconCircleX, IconLink } from '@tabler/icons-react';
import { linkWords, withPlaceholders } from '#renderer/parts/message-links.ts';
import type { Preflight } from '#shared/campaign/campaign.schema.ts';
import { contactsWords } from '#shared/campaign/campaign-words.ts';
import classes from './campaigns.module.css';

type Props = { preflight: Preflight };

export function MailFacts({ preflight }: Props) {
  return (
    <section className={classes.sheetSection} aria-label="The mail">
      <h3>The mail</h3>
      <dl className={classes.facts}>
        <dt>From</dt>
        <dd>{preflight.from === '' ? 'No sender set' : preflight.from}</dd>
        <dt>Subject</dt>
        <dd>{preflight.subject === '' ? 'No subject' : preflight.subject}</dd>
      </dl>
    </section>
  );
}

type VariableProps = Props & {
  /** Variables printed somewhere without a fallback; the others leave no gap. */
  needed: ReadonlySet<string>;
};

/** Each variable, and for how many recipients it is empty. */
export function VariableFacts({ preflight, needed }: VariableProps) {
  // The unsubscribe address is made for everybody: there is nothing to check.
  const variables = preflight.variables.filter(({ name }) => name !== 'unsubscribeUrl');
  if (variables.length === 0) return null;
  return (
    <section className={classes.sheetSection} aria-label="Variables">
      <h3>Variables</h3>
      <ul className={classes.rows}>
        {variables.map(({ name, known, missing }) => {
          const gap = missing > 0 && needed.has(name);
          return (
            <li key={name}>
              {!known ? (
                <IconCircleX size={16} stroke={1.5} className={classes.bad} aria-hidden />
              ) : gap ? (
                <IconAlertTriangle size={16} stroke={1.5} className={classes.warn} aria-hidden />
              ) : (
                <IconCheck size={16} stroke={1.5} className={classes.ok} aria-hidden />
              )}
              <span className={classes.mono}>{name}</span>
              <span className={classes.hint}>{variableWords(known, missing, gap)}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function variableWords(known: boolean, missing: number, gap: boolean): string {
  if (!known) return 'does not exist';
  if (missing === 0) return 'there for everybody';
  return gap ? `empty for ${contactsWords(missing)}` : `${contactsWords(missing)} without it see the fallback`;
}

export function LinkFacts({ preflight }: Props) {
  const links = withPlaceholders(preflight.links);
  return (
    <section className={classes.sheetSection} aria-label="Links">
      <h3>{links.length === 0 ? 'The mail has no links' : links.length === 1 ? '1 link' : `${links.length} links`}</h3>
      <ul className={classes.rows}>
        {links.map(({ url, problem }) => (
          <li key={url}>
            {problem === null ? (
              <IconLink size={16} stroke={1.5} aria-hidden />
            ) : (
              <IconAlertTriangle size={16} stroke={1.5} className={classes.warn} aria-hidden />
            )}
            <span className={classes.url}>
              {linkWords(url)}
              {problem === null ? null : <div className={classes.linkProblem}>{problem}</div>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
