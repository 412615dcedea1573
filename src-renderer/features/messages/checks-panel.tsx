import { Button } from '@mantine/core';
import { IconAlertCircle, IconAlertTriangle, IconCircleCheck, IconLink } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { linkWords } from '#renderer/parts/message-links.ts';
import { usePersonalHere } from '#renderer/parts/personal-here.ts';
import type { MessageLink } from '#shared/message/links.ts';
import classes from './editor.module.css';
import type { Check, Mend, Part } from './message-checks.ts';

type Props = {
  checks: readonly Check[];
  links: readonly MessageLink[];
  onGo: (part: Part, line: number | null) => void;
  onMend: (mend: Mend) => void;
};

const partWords: Record<Part, string> = { subject: 'Subject', preheader: 'Preheader', source: 'Source' };

/** What is wrong with the message, in words with the mend; and every link with its own problem. */
export function ChecksPanel({ checks, links, onGo, onMend }: Props) {
  const [tab, setTab] = useState<'checks' | 'links'>('checks');
  const errors = checks.filter(({ severity }) => severity === 'error').length;
  const linkProblems = links.filter(({ problem }) => problem !== null).length;
  return (
    <section className={classes.checks} aria-label="Checks">
      <div className={classes.checksHead} role="tablist" aria-label="Checks and links">
        <TabButton
          id="checks"
          open={tab}
          onOpen={setTab}
          label="Checks"
          count={checks.length}
          tone={errors > 0 ? 'bad' : checks.length > 0 ? 'warn' : null}
        />
        <TabButton
          id="links"
          open={tab}
          onOpen={setTab}
          label="Links"
          count={links.length}
          tone={linkProblems > 0 ? 'warn' : null}
        />
      </div>
      <div role="tabpanel" id="message-panel" aria-labelledby={`message-tab-${tab}`}>
        {tab === 'checks' ? <CheckList checks={checks} onGo={onGo} onMend={onMend} /> : <LinkList links={links} />}
      </div>
    </section>
  );
}

type TabId = 'checks' | 'links';
type TabProps = {
  id: TabId;
  open: TabId;
  onOpen: (id: TabId) => void;
  label: string;
  count: number;
  tone: 'bad' | 'warn' | null;
};

function TabButton({ id, open, onOpen, label, count, tone }: TabProps) {
  return (
    <button
      type="button"
      role="tab"
      id={`message-tab-${id}`}
      aria-controls="message-panel"
      aria-selected={open === id}
      className={classes.tab}
      onClick={() => onOpen(id)}
    >
      {label}
      <span className={classes.number} data-tone={tone ?? undefined}>
        {count}
      </span>
    </button>
  );
}

function CheckList({ checks, onGo, onMend }: Pick<Props, 'checks' | 'onGo' | 'onMend'>) {
  const namesHere = usePersonalHere();
  if (checks.length === 0) {
    return (
      <div className={classes.allGood}>
        <IconCircleCheck size={16} stroke={1.5} className={classes.good} aria-hidden />
        {namesHere
          ? 'Every variable exists and has a value for this contact.'
          : 'Every variable exists. Whether it has a value cannot be checked: names and addresses are not visible here.'}
      </div>
    );
  }
  return (
    <ul className={classes.list}>
      {checks.map(({ key, severity, part, line, message, mend }) => (
        <li key={key} className={classes.item}>
          {severity === 'error' ? (
            <IconAlertCircle size={16} stroke={1.5} className={classes.error} aria-label="Error" />
          ) : (
            <IconAlertTriangle size={16} stroke={1.5} className={classes.warning} aria-label="Warning" />
          )}
          <span>
            {part === null || (part === 'source' && line === null) ? null : (
              <>
                <button type="button" className={classes.line} onClick={() => onGo(part, line)}>
                  {line === null ? partWords[part] : `Line ${line}`}
                </button>{' '}
              </>
            )}
            {message}
          </span>
          {mend === null ? null : 'href' in mend ? (
            <Button size="compact-xs" variant="default" component={Link} href={mend.href}>
              {mend.label}
            </Button>
          ) : (
            <Button size="compact-xs" variant="default" onClick={() => onMend(mend)}>
              {mend.label}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

function LinkList({ links }: Pick<Props, 'links'>) {
  if (links.length === 0) return <div className={classes.allGood}>The message has no links yet.</div>;
  return (
    <ul className={classes.list}>
      {links.map(({ url, problem }) => (
        <li key={url} className={classes.item}>
          {problem === null ? (
            <IconLink size={16} stroke={1.5} aria-label="Link" />
          ) : (
            <IconAlertTriangle size={16} stroke={1.5} className={classes.warning} aria-label="Warning" />
          )}
          <span className={classes.url}>
            {linkWords(url)}
            {problem === null ? null : <div className={classes.linkProblem}>{problem}</div>}
          </span>
        </li>
      ))}
    </ul>
  );
}
