import { Switch } from '@mantine/core';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { type EventType, eventTypeId } from '#shared/event/event-type.schema.ts';
import { isKept, type SystemEvent } from '#shared/event/system-events.ts';
import { useMayEditTypes } from './types-screen.tsx';

type Props = { one: SystemEvent; doc: Doc<EventType> | undefined };

/** Whether events of a type that Muster raises are stored from now on; those that are there stay. */
export function KeepSwitch({ one, doc }: Props) {
  const mayEdit = useMayEditTypes();
  const kept = isKept(one.key, doc?.body.kept);
  const change = async () => {
    const base = doc?.body;
    const next: EventType = { ...(base ?? { key: one.key, parameters: [] }), kept: !kept };
    try {
      await data.saveDocument('event-type', eventTypeId(one.key), next, base);
    } catch (error) {
      notifyError(kept ? 'These events are still kept' : 'These events are not kept yet', error);
    }
  };
  return (
    <Switch
      size="xs"
      label="Keep these events"
      aria-label={`Keep these events: ${one.name}`}
      checked={kept}
      disabled={!mayEdit}
      onChange={() => void change()}
    />
  );
}
