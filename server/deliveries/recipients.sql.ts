/**
 * Who gets a message and who does not, and why: defined once, so that the pre-flight sheet and the launch agree.
 * One mail per address: of contacts that share one, the lowest id gets it.
 */
import { isSubscribed } from '#server/lists/memberships.ts';
import type { CompiledRule } from '#server/segments/compile.ts';

/** Plain addresses only: what a mail server would take, and nothing that could break out of a header. */
const ADDRESS =
  '^[^[:space:][:cntrl:]@<>(),;:"\\[\\]\\\\]+@[^[:space:][:cntrl:]@<>(),;:"\\[\\]\\\\]+[.][^[:space:][:cntrl:]@<>(),;:"\\[\\]\\\\]+$';
/** Names that lead nowhere by RFC 2606 and 6761. */
const RESERVED = '[@.](invalid|test|example|localhost)$|[@.]example[.](com|net|org)$';

export type Judged = { text: string; values: unknown[] };

/**
 * Common table expressions that end in `judged (id, email, reason)`: a row per member, reason null = gets it.
 * `demoAllowed`: the SMTP server is a test sink on this machine, so that addresses that lead nowhere may be mailed.
 * `categories`: of the message (see isSubscribed).
 */
export function judgedRecipients(
  rule: CompiledRule,
  { demoAllowed, categories }: { demoAllowed: boolean; categories: readonly string[] },
): Judged {
  const values = [...rule.values, demoAllowed, ADDRESS, RESERVED, JSON.stringify(categories)];
  const first = rule.values.length + 1;
  const text = `member as (${rule.text}),
    candidate as (
      select c.id, c.email, c.email_fold, case
        when c.deleted_at is not null then 'deleted'
        when coalesce(c.email_fold, '') = '' then 'noEmail'
        when c.email_fold !~ $${first + 1}::text then 'invalidEmail'
        when coalesce(s.reason, c.email_status) = 'unconfirmed' then 'notSubscribed'
        when s.reason is not null then s.reason
        when c.email_status in ('unsubscribed', 'bounced', 'complained') then c.email_status
        when not ${isSubscribed('c.id', `$${first + 3}::jsonb`)} then 'notSubscribed'
        when not $${first}::boolean and (c.demo or c.email_fold ~ $${first + 2}::text) then 'demoAddress'
      end as reason
      from member m
      join contact c on c.id = m.contact_id
      left join suppression s on s.channel = 'email' and s.address = c.email_fold
    ),
    judged as (
      select id, email, coalesce(reason, case
        when row_number() over (partition by email_fold, reason is null order by id) > 1 then 'duplicateAddress'
      end) as reason
      from candidate
    )`;
  return { text, values };
}
