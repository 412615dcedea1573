/** What a launch would do, and what forbids it, in words. Launching asks the same function, so the two never differ. */
import type { SmtpSettings } from '#server/channels/email/smtp-settings.ts';
import { compileRule } from '#server/segments/compile.ts';
import { ruleContext } from '#server/segments/segments.ts';
import type { Deps } from '#server/service.ts';
import type { Preflight } from '#shared/campaign/campaign.schema.ts';
import { countWords } from '#shared/campaign/campaign-words.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { extractLinks, type MessageLink } from '#shared/message/links.ts';
import type { Message } from '#shared/message/message.schema.ts';
import { checkMessage, type MessageVariable } from '#shared/message/variables.ts';
import { compileMessage } from './content.ts';
import { type Draft, loadDraft } from './drafts.ts';
import { judgedRecipients } from './recipients.sql.ts';
import { asSkipReason } from './run-document.ts';
import { NO_SMTP, type SendingState } from './sending-state.ts';

/** A schedule older than this was overtaken by time: nobody expects it to start now. */
export const STALE_MS = 10 * 60_000;

/** The one server of a person who needs no other one is off when their computer is. */
const SLEEPING_SERVER =
  'Muster runs on your computer. Links in this mail, unsubscribing and the count of opens work only while it is awake and Muster is open.';

export type Inspection = { draft: Draft; html: string; preflight: Preflight };
type Blocker = Preflight['blockers'][number];

type Counts = Pick<Preflight, 'matched' | 'recipients' | 'skipped'> & { missing: Map<string, number> };

export async function inspect(
  deps: Deps,
  smtp: SmtpSettings | null,
  sending: SendingState,
  campaignId: string,
): Promise<Inspection> {
  const draft = await loadDraft(deps.db, campaignId);
  const { message, sender } = draft;
  const checked = message ? checkMessage(message) : { variables: [], problems: [] };
  const compiled = message ? await compileMessage(message) : { html: '', errors: [] };
  const counts = await countRecipients(deps, smtp, draft, checked.variables);
  const blockers = [
    ...(await sendingBlockers(sending)),
    ...(await stateBlockers(deps, draft)),
    ...(sender ? [] : [{ code: 'noSender', message: 'No sender is set: enter a name and an address under Settings.' }]),
    ...messageBlockers(message),
    ...checked.problems.map(({ part, line, message: words }) => ({
      code: 'compile',
      message: `The ${part === 'source' ? 'message' : part} cannot be read${line ? ` (line ${line})` : ''}: ${words}`,
    })),
    ...compiled.errors.map(({ line, message: words }) => ({
      code: 'compile',
      message: `The message has an error${line ? ` in line ${line}` : ''}: ${words}`,
    })),
    ...audienceBlockers(draft, counts),
  ];
  const links = extractLinks(compiled.html);
  const preflight: Preflight = {
    matched: counts.matched,
    recipients: counts.recipients,
    skipped: counts.skipped,
    variables: checked.variables.map(({ name, known }) => ({
      name,
      known,
      missing: known ? (counts.missing.get(name) ?? 0) : counts.recipients,
    })),
    links,
    subject: message?.subject ?? '',
    from: sender ? `${sender.fromName} <${sender.fromEmail}>`.trim() : '',
    blockers,
    warnings: [
      ...(deps.config.localWorkspace ? [SLEEPING_SERVER] : []),
      ...variableWarnings(checked.variables, counts),
      ...linkWarnings(links),
    ],
  };
  return { draft, html: compiled.html, preflight };
}

async function sendingBlockers(sending: SendingState): Promise<Blocker[]> {
  let status = await sending.status();
  if (status.smtpConfigured && !status.bulkAllowed) {
    await sending.verifyPublicUrl();
    status = await sending.status();
  }
  const blockers: Blocker[] = [];
  if (status.stopped) {
    const by = status.stoppedBy ? ` by ${status.stoppedBy}` : '';
    blockers.push({ code: 'stopped', message: `All sending was stopped${by}. Allow it again first.` });
  }
  if (!status.smtpConfigured) blockers.push({ code: 'noSmtp', message: NO_SMTP });
  else if (!status.bulkAllowed) blockers.push({ code: 'publicUrl', message: status.problem ?? '' });
  return blockers;
}

async function stateBlockers({ db, now }: Deps, { campaignId, campaign }: Draft): Promise<Blocker[]> {
  const [run] = await db.query('select 1 from campaign_run where campaign_id = $1 and state <> $2', [
    campaignId,
    'cancelled',
  ]);
  if (run) return [{ code: 'alreadyLaunched', message: 'This campaign was launched already.' }];
  if (!isStale(campaign.scheduledAt, now())) return [];
  return [{ code: 'staleSchedule', message: 'The planned time has passed. Choose a new one, or send now.' }];
}

export function isStale(scheduledAt: number | null, now: number): boolean {
  return scheduledAt !== null && scheduledAt < now - STALE_MS;
}

function messageBlockers(message: Message | null): Blocker[] {
  if (!message) return [{ code: 'noMessage', message: 'No message is chosen.' }];
  return message.subject.trim() === '' ? [{ code: 'noSubject', message: 'The message has no subject.' }] : [];
}

function audienceBlockers({ segment }: Draft, { matched, recipients }: Counts): Blocker[] {
  if (!segment) return [{ code: 'noSegment', message: 'No segment is chosen.' }];
  if (matched === 0) return [{ code: 'emptySegment', message: 'Nobody is in the segment now.' }];
  if (recipients > 0) return [];
  return [{ code: 'noRecipients', message: 'Nobody in the segment can get this email: see why they are skipped.' }];
}

async function countRecipients(
  deps: Deps,
  smtp: SmtpSettings | null,
  { segment, message }: Draft,
  variables: readonly MessageVariable[],
): Promise<Counts> {
  const counts: Counts = { matched: 0, recipients: 0, skipped: {}, missing: new Map() };
  if (!segment) return counts;
  const rule = compileRule(segment.rule, await ruleContext(deps.db, deps.now()));
  const judged = judgedRecipients(rule, {
    demoAllowed: smtp?.loopback ?? false,
    categories: message?.categories ?? [],
  });
  const shown = variables.flatMap(({ name, field }) => (field ? [{ name, column: contactFields[field].column }] : []));
  const missing = shown.map(
    ({ column }, index) => `(count(*) filter (where coalesce(c.${column}::text, '') = ''))::int as m${index}`,
  );
  const rows = await deps.db.query<{ reason: string | null; n: number } & Record<string, number>>(
    `with ${judged.text}
     select ${['j.reason', 'count(*)::int as n', ...missing].join(', ')}
     from judged j join contact c on c.id = j.id group by j.reason`,
    judged.values,
  );
  for (const row of rows) {
    counts.matched += row.n;
    const reason = asSkipReason(row.reason);
    if (reason) counts.skipped[reason] = row.n;
    if (row.reason !== null) continue;
    counts.recipients = row.n;
    shown.forEach(({ name }, index) => {
      counts.missing.set(name, row[`m${index}`] ?? 0);
    });
  }
  return counts;
}

function variableWarnings(variables: readonly MessageVariable[], { missing }: Counts): string[] {
  return variables.flatMap(({ name, known, field, needed }) => {
    if (!known) return [`{{ ${name} }} does not exist: it is empty for everybody.`];
    const empty = missing.get(name) ?? 0;
    if (!field || !needed || empty === 0) return [];
    return [
      `${contactFields[field].label} is empty for ${countWords(empty)} of the recipients. Give {{ ${name} }} a default.`,
    ];
  });
}

function linkWarnings(links: readonly MessageLink[]): string[] {
  return links.flatMap(({ url, problem }) => (problem ? [`${url === '' ? 'A link' : url}: ${problem}.`] : []));
}
