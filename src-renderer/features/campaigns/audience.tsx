import { useMemo } from 'react';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { liveRule, type Rule, type Segment } from '#shared/segment/segment.schema.ts';
import classes from './campaigns.module.css';

/** How many the segment holds now and how many of them may get mail; counted on this device, also offline. */
export function Audience({ segment }: { segment: Doc<Segment> | null }) {
  const format = useFormat();
  const rule = segment ? liveRule(segment.body) : null;
  const reachable = useMemo<Rule | null>(
    () =>
      rule && {
        type: 'all',
        rules: [rule, { type: 'text', field: 'emailStatus', op: 'is', values: ['subscribed'] }],
      },
    [rule],
  );
  const all = useLive(
    () => (rule ? data.segmentAnswer(rule, 0) : Promise.resolve(null)),
    [rule],
    ['columns', 'documents'],
  );
  const able = useLive(
    () => (reachable ? data.segmentAnswer(reachable, 0) : Promise.resolve(null)),
    [reachable],
    ['columns', 'documents'],
  );
  if (!rule) return <div className={classes.audience}>The segment decides who gets the mail.</div>;
  const error = all.error ?? able.error;
  if (error) return <div className={classes.audience}>{error.message}</div>;
  if (!all.value || !able.value) return <div className={classes.audience} />;
  const lost = all.value.count - able.value.count;
  return (
    <output className={classes.audience}>
      Up to <strong>{format.counted(able.value.count, 'contact')}</strong> can get mail
      {lost > 0 ? `; ${format.count(lost)} more match, but have no address or do not want mail` : ' and match now'}. The
      pre-flight check decides: it leaves out demo contacts and addresses that cannot get mail.
    </output>
  );
}
