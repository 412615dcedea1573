import { Button, Modal, Select, Switch, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { Membership } from '#renderer/data/data-api.ts';
import { type KnownList, useLists } from '#renderer/parts/list-names.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { PanelSection } from '#renderer/ui/panel.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { ConsentHistory } from './consent-history.tsx';
import classes from './memberships.module.css';

type Props = {
  id: number;
  email: string | null;
  /** Of the address, as the columns say. */
  status: string | null;
  memberships: readonly Membership[];
};

/** What a contact subscribes to and which lists it is in, each since when and by what. Changing it needs the server. */
export function Memberships({ id, email, status, memberships }: Props) {
  const lists = useLists() ?? [];
  const mayChange = useCan('editContacts');
  const online = useOnline();
  const known = new Map(memberships.map((one) => [one.list, one]));
  const categories = lists.filter(({ kind }) => kind === 'category');
  const own = lists.filter(({ kind }) => kind === 'list');
  const offline = mayChange && !online ? <p className={classes.dim}>Changing this needs the server.</p> : null;
  return (
    <>
      <PanelSection title="Subscriptions">
        {categories.length === 0 ? (
          <p className={classes.dim}>
            No categories yet: add them under <Link href="/settings/subscriptions">Settings</Link>.
          </p>
        ) : (
          <ul className={classes.list}>
            {categories.map((category) => (
              <Subscription
                key={category.id}
                id={id}
                category={category}
                said={known.get(category.id)}
                disabled={!mayChange || !online}
              />
            ))}
          </ul>
        )}
        {categories.length === 0 ? null : offline}
        <ConsentHistory id={id} email={email} status={status} />
      </PanelSection>
      <PanelSection title="Lists">
        <OwnLists id={id} lists={own} known={known} disabled={!mayChange || !online} />
        {own.length === 0 ? null : offline}
      </PanelSection>
    </>
  );
}

function Subscription({
  id,
  category,
  said,
  disabled,
}: {
  id: number;
  category: KnownList;
  said: Membership | undefined;
  disabled: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const subscribed = said !== undefined && !said.left;
  const change = async (wanted: boolean, evidence: string | null) => {
    setBusy(true);
    try {
      const input = { contactIds: [id], categoryId: category.id, subscribed: wanted, evidence };
      const { why } = await data.actions.setSubscription(input);
      if (why !== null) notifyError('The subscription stays as it is', { code: 'conflict', message: why });
      setAsking(false);
    } catch (error) {
      notifyError('The subscription stays as it is', error);
    }
    setBusy(false);
  };
  return (
    <li className={classes.entry}>
      <Switch
        size="xs"
        label={category.name}
        checked={subscribed}
        disabled={disabled || busy}
        onChange={() => {
          // Who left comes back only when it is known that they asked for it.
          if (!subscribed && said?.left) setAsking(true);
          else void change(!subscribed, null);
        }}
      />
      {said ? (
        <span className={classes.since}>
          {said.left ? 'left' : 'since'} <Time at={said.since} /> · {said.source}
        </span>
      ) : null}
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Subscribe to “${category.name}” again?`}
        size={420}
      >
        <Evidence busy={busy} onGive={(evidence) => void change(true, evidence)} />
      </Modal>
    </li>
  );
}

function Evidence({ busy, onGive }: { busy: boolean; onGive: (evidence: string) => void }) {
  const [evidence, setEvidence] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (evidence.trim() !== '') onGive(evidence.trim());
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        data-autofocus
        label="How do you know that they want it?"
        description="They left before. What you write is kept with the consent."
        placeholder="Asked on the phone, 3 May"
        maxLength={500}
        value={evidence}
        onChange={(event) => setEvidence(event.currentTarget.value)}
      />
      <Button mt="md" type="submit" fullWidth loading={busy} disabled={evidence.trim() === ''}>
        Subscribe again
      </Button>
    </form>
  );
}

function OwnLists({
  id,
  lists,
  known,
  disabled,
}: {
  id: number;
  lists: readonly KnownList[];
  known: ReadonlyMap<string, Membership>;
  disabled: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const set = async (listId: string, member: boolean) => {
    setBusy(true);
    try {
      await data.actions.setList({ contactIds: [id], listId, member });
    } catch (error) {
      notifyError(member ? 'It was not put into the list' : 'It is still in the list', error);
    }
    setBusy(false);
  };
  const others = lists.filter((list) => !known.has(list.id));
  if (lists.length === 0) {
    return (
      <p className={classes.dim}>
        No lists yet: make one under <Link href="/lists">Lists</Link>.
      </p>
    );
  }
  return (
    <>
      <ul className={classes.list}>
        {lists.map((list) => {
          const said = known.get(list.id);
          if (!said) return null;
          return (
            <li key={list.id} className={classes.entry}>
              <Link href={`/lists/${list.id}`} className={classes.name}>
                {list.name}
              </Link>
              <span className={classes.since}>
                since <Time at={said.since} /> · {said.source}
              </span>
              <Button
                size="compact-xs"
                variant="subtle"
                color="gray"
                disabled={disabled || busy}
                aria-label={`Take out of ${list.name}`}
                onClick={() => void set(list.id, false)}
              >
                Take out
              </Button>
            </li>
          );
        })}
      </ul>
      {others.length === 0 ? null : (
        <Select
          size="xs"
          aria-label="Add to a list"
          placeholder="Add to a list…"
          searchable
          value={null}
          disabled={disabled || busy}
          data={others.map((list) => ({ value: list.id, label: list.name }))}
          onChange={(listId) => {
            if (listId !== null) void set(listId, true);
          }}
        />
      )}
    </>
  );
}
