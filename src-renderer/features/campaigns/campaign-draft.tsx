import { ActionIcon, Alert, Anchor, Button, Menu, Radio, Select, Stack, TextInput, Tooltip } from '@mantine/core';
import { DateTimePicker } from '@mantine/dates';
import { IconCloudOff, IconDots, IconSend, IconTrash } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { Allowed, EditableBy, ReadOnlyNotice } from '#renderer/parts/allowed.tsx';
import { DocTags } from '#renderer/parts/doc-tags.tsx';
import { useAutosave } from '#renderer/parts/use-autosave.ts';
import { useReasonWithout } from '#renderer/parts/use-can.ts';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SaveState } from '#renderer/ui/save-state.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { clock } from '#renderer/ui/use-now.ts';
import { type Campaign, campaignSchema } from '#shared/campaign/campaign.schema.ts';
import { hasDraftContent, liveMessage, type Message } from '#shared/message/message.schema.ts';
import { hasDraftRule, type Segment } from '#shared/segment/segment.schema.ts';
import { Audience } from './audience.tsx';
import { removeCampaign } from './campaign-commands.ts';
import classes from './campaigns.module.css';
import { MailGlimpse } from './mail-glimpse.tsx';
import { PreflightSheet } from './preflight-sheet.tsx';
import { fromWallText, suggestedStart, wallText } from './schedule.ts';

type Props = {
  doc: Doc<Campaign>;
  messages: readonly Doc<Message>[];
  segments: readonly Doc<Segment>[];
  online: boolean;
};

function problemOf(campaign: Campaign): string | null {
  const read = campaignSchema.safeParse(campaign);
  return read.success ? null : (read.error.issues[0]?.message ?? 'it cannot be stored');
}

/** Message, people, time: one page. What is prepared offline waits here until the server can be reached. */
export function CampaignDraft({ doc, messages, segments, online }: Props) {
  const [, go] = useLocation();
  const format = useFormat();
  const [reviewing, setReviewing] = useState(false);
  const save = useCallback(
    (body: Campaign, base: Campaign) => data.saveDocument('campaign', doc.id, body, base),
    [doc.id],
  );
  const { body, edit, saving, problem, flush } = useAutosave(doc, { save, problemOf });
  const message = messages.find(({ id }) => id === body.messageId) ?? null;
  const sent = message ? liveMessage(message.body) : null;
  const segment = segments.find(({ id }) => id === body.segmentId) ?? null;
  const late = body.scheduledAt !== null && body.scheduledAt < clock();
  const notAllowed = useReasonWithout('send');
  const reason =
    notAllowed !== null
      ? notAllowed
      : !online
        ? 'Sending needs the server, which cannot be reached now. Everything here is saved; review and send when it is back.'
        : !message
          ? 'Choose a message first.'
          : !segment
            ? 'Choose a segment first.'
            : problem !== null
              ? problem
              : late
                ? 'The chosen time has passed: choose a later one, or send now.'
                : null;

  const review = async () => {
    // The worker asks the server only after it has everything that was saved here.
    await flush();
    setReviewing(true);
  };

  return (
    <Page
      header={
        <PageHeader
          parent={{ label: 'Campaigns', href: '/campaigns' }}
          title={body.name.trim() === '' ? 'Untitled campaign' : body.name}
          status={<SaveState saving={saving} waiting={doc.waiting} refusal={doc.refusal} problem={problem} />}
          actions={
            <>
              <Allowed right="edit">
                <Menu position="bottom-end">
                  <Menu.Target>
                    <ActionIcon aria-label="More actions">
                      <IconDots size={16} stroke={1.5} />
                    </ActionIcon>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item
                      color="red"
                      leftSection={<IconTrash size={16} stroke={1.5} />}
                      onClick={() => void removeCampaign(doc.id, body.name, go)}
                    >
                      Delete campaign…
                    </Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              </Allowed>
              <Tooltip
                label={reason}
                disabled={reason === null}
                multiline
                maw={300}
                events={{ hover: true, focus: true, touch: true }}
              >
                <Button
                  leftSection={<IconSend size={16} stroke={1.5} />}
                  data-disabled={reason !== null || undefined}
                  aria-disabled={reason !== null}
                  onClick={() => {
                    if (reason === null) void review();
                  }}
                >
                  Review and send
                </Button>
              </Tooltip>
            </>
          }
        >
          <DocTags id={doc.id} kind="campaign" />
        </PageHeader>
      }
    >
      <ReadOnlyNotice right="edit" />
      <EditableBy right="edit">
        <div className={classes.draft}>
          <div className={classes.form}>
            {online ? null : (
              <Alert color="gray" icon={<IconCloudOff size={18} stroke={1.5} />} title="Prepared on this device">
                The campaign and its time are saved here and wait for the server. It is never started by itself: when
                you are online again, review it and send.
              </Alert>
            )}
            <TextInput
              label="Name"
              maxLength={120}
              value={body.name}
              error={body.name.trim() === '' ? 'Give the campaign a name' : null}
              onChange={(event) => edit({ name: event.currentTarget.value })}
            />
            <div>
              <Select
                label="Message"
                placeholder={messages.length === 0 ? 'No messages yet' : 'Choose a message'}
                searchable
                data={messages.map(({ id, body: { name } }) => ({ value: id, label: name }))}
                value={message ? message.id : null}
                onChange={(messageId) => edit({ messageId })}
                nothingFoundMessage="No message has this name"
              />
              <div className={classes.audience}>
                {message ? (
                  <>
                    {' '}
                    <Anchor component={Link} href={`/messages/${message.id}`} size="xs">
                      Edit “{message.body.name}”
                    </Anchor>
                    {hasDraftContent(message.body) ? ' · its unpublished changes are not sent' : null}
                  </>
                ) : messages.length === 0 ? (
                  <Anchor component={Link} href="/messages" size="xs">
                    Write a message
                  </Anchor>
                ) : body.messageId !== null ? (
                  'The chosen message was deleted: choose another.'
                ) : null}
              </div>
            </div>
            <div>
              <Select
                label="Segment"
                placeholder={segments.length === 0 ? 'No segments yet' : 'Choose who gets it'}
                searchable
                data={segments.map(({ id, body: { name } }) => ({ value: id, label: name }))}
                value={segment ? segment.id : null}
                onChange={(segmentId) => edit({ segmentId })}
                nothingFoundMessage="No segment has this name"
              />
              {segments.length === 0 ? (
                <div className={classes.audience}>
                  <Anchor component={Link} href="/segments" size="xs">
                    Build a segment
                  </Anchor>
                </div>
              ) : (
                <>
                  <Audience segment={segment} />
                  {segment && hasDraftRule(segment.body) ? (
                    <div className={classes.audience}>
                      <Anchor component={Link} href={`/segments/${segment.id}`} size="xs">
                        “{segment.body.name}”
                      </Anchor>{' '}
                      has unpublished changes, which do not count here.
                    </div>
                  ) : null}
                </>
              )}
            </div>
            <Radio.Group
              label="When"
              value={body.scheduledAt === null ? 'now' : 'later'}
              onChange={(value) => edit({ scheduledAt: value === 'now' ? null : suggestedStart(clock(), format.zone) })}
            >
              <Stack gap={8} mt={6}>
                <Radio size="xs" value="now" label="As soon as I press Send, with 10 seconds to cancel" />
                <Radio size="xs" value="later" label={`At a set time (${format.zone})`} />
              </Stack>
            </Radio.Group>
            {body.scheduledAt === null ? null : (
              <DateTimePicker
                aria-label={`Start time ${format.dateTime(body.scheduledAt)}`}
                size="xs"
                w={260}
                weekendDays={[]}
                valueFormat="D MMM YYYY, HH:mm"
                value={wallText(body.scheduledAt, format.zone)}
                minDate={wallText(clock(), format.zone).slice(0, 10)}
                error={late ? 'This time has passed' : null}
                onChange={(value) => {
                  const at = value === null ? null : fromWallText(value, format.zone);
                  if (at !== null) edit({ scheduledAt: at });
                }}
              />
            )}
          </div>
          <MailGlimpse message={sent} />
        </div>
      </EditableBy>
      <PreflightSheet
        campaignId={doc.id}
        campaign={body}
        message={sent}
        opened={reviewing}
        onClose={() => setReviewing(false)}
      />
    </Page>
  );
}
