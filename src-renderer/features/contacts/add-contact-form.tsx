import { Anchor, Button, Group, MultiSelect, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { useSession } from '#renderer/data/hooks.ts';
import { useLists } from '#renderer/parts/list-names.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { describeError, type ErrorWords } from '#renderer/ui/error-words.ts';
import { identifiers } from '#shared/contact/identifiers.ts';
import {
  type ContactOwner,
  type NewContact,
  newContactSchema,
  newContactShape,
} from '#shared/contact/new-contact.schema.ts';
import classes from './add-contact.module.css';

type TextField = Exclude<keyof NewContact, 'listIds' | 'categoryIds' | 'mayMail'>;
type Problems = Partial<Record<keyof NewContact, string>>;

const regionNames = new Intl.DisplayNames(['en'], { type: 'region' });

function problemsOf(given: NewContact, region: string | null): Problems {
  const problems: Problems = {};
  for (const { path, message } of newContactSchema(region).safeParse(given).error?.issues ?? []) {
    const field = newContactShape.keyof().safeParse(path[0]).data;
    if (field) problems[field] ??= message;
  }
  return problems;
}

/** Whose national phone numbers the server means. */
function useRegion(): string | null {
  const session = useSession();
  return session.state === 'signedIn' ? (session.workspace.defaultRegion ?? null) : null;
}

type Props = { onClose: () => void; onOpen: (contactId: number) => void };

export function AddContactForm({ onClose, onOpen }: Props) {
  const region = useRegion();
  const online = useOnline();
  const lists = useLists() ?? [];
  const [given, setGiven] = useState<NewContact>(() => newContactShape.parse({}));
  const [told, setTold] = useState(false);
  const [owners, setOwners] = useState<ContactOwner[]>([]);
  const [failed, setFailed] = useState<ErrorWords | null>(null);
  const [busy, setBusy] = useState(false);
  const problems = told ? problemsOf(given, region) : {};

  const set = (change: Partial<NewContact>) => {
    setGiven({ ...given, ...change });
    setOwners(owners.filter(({ field }) => change[field] === undefined));
    setFailed(null);
  };
  const submit = async () => {
    setTold(true);
    if (!online || Object.keys(problemsOf(given, region)).length > 0) return;
    setBusy(true);
    try {
      const answer = await data.actions.addContact(given);
      if (answer.added === null) setOwners(answer.owners);
      else onOpen(answer.added);
    } catch (error) {
      setFailed(describeError(error));
    } finally {
      setBusy(false);
    }
  };
  const errorOf = (field: keyof NewContact) => {
    const owner = owners.find((one) => one.field === field);
    if (owner) return <Owner owner={owner} onOpen={onOpen} />;
    return problems[field] ?? (failed?.field === field ? failed.message : null);
  };
  const input = (field: TextField) => ({
    value: given[field],
    error: errorOf(field),
    onChange: (event: { currentTarget: { value: string } }) => set({ [field]: event.currentTarget.value }),
  });
  const choices = (kind: 'list' | 'category') =>
    lists.filter((one) => one.kind === kind).map(({ id, name }) => ({ value: id, label: name }));
  const elsewhere = failed !== null && !newContactShape.keyof().safeParse(failed.field).success;
  const noNumber = region === null ? '+380 67 123 45 67' : undefined;
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextInput label="Email" type="email" data-autofocus {...input('email')} />
      <TextInput
        label="Phone"
        type="tel"
        placeholder={noNumber}
        description={region === null ? undefined : `Without + it is a number of ${regionNames.of(region) ?? region}`}
        {...input('phone')}
      />
      <div className={classes.pair}>
        <TextInput label="First name" {...input('firstName')} />
        <TextInput label="Last name" {...input('lastName')} />
      </div>
      <div className={classes.pair}>
        <TextInput label="External ID" {...input('externalCustomerId')} />
        <TextInput label="Language" placeholder="uk" {...input('languageCode')} />
      </div>
      {choices('list').length === 0 ? null : (
        <MultiSelect
          label="Lists"
          placeholder={given.listIds.length === 0 ? 'None' : undefined}
          searchable
          data={choices('list')}
          value={given.listIds}
          error={errorOf('listIds')}
          onChange={(listIds) => set({ listIds })}
        />
      )}
      <Switch
        label="They agreed to get mail"
        description={given.mayMail ? undefined : 'Until then no mail goes to the address. The card can say so later.'}
        checked={given.mayMail}
        error={errorOf('mayMail')}
        onChange={(event) => set(event.currentTarget.checked ? { mayMail: true } : { mayMail: false, categoryIds: [] })}
      />
      {!given.mayMail || choices('category').length === 0 ? null : (
        <MultiSelect
          label="Subscriptions"
          description="Only what they asked for"
          placeholder={given.categoryIds.length === 0 ? 'None' : undefined}
          searchable
          data={choices('category')}
          value={given.categoryIds}
          error={errorOf('categoryIds')}
          onChange={(categoryIds) => set({ categoryIds })}
        />
      )}
      {!given.mayMail ? null : (
        <TextInput
          label="How do you know that they want it?"
          description="What you write is kept with their consent."
          placeholder="Asked on the phone, 3 May"
          {...input('evidence')}
        />
      )}
      {elsewhere ? (
        <p role="alert" className={classes.problem}>
          {failed.message}
        </p>
      ) : null}
      {online ? null : (
        <p className={classes.problem}>The server went away. What you wrote stays here until it is back.</p>
      )}
      <Group justify="flex-end" gap={8}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} disabled={!online}>
          Add contact
        </Button>
      </Group>
    </form>
  );
}

function Owner({ owner, onOpen }: { owner: ContactOwner; onOpen: (contactId: number) => void }) {
  const { label } = identifiers[owner.field];
  const what = owner.field === 'externalCustomerId' ? label : label.toLowerCase();
  return (
    <>
      This {what} belongs to {owner.name}.{' '}
      <Anchor component="button" type="button" inherit onClick={() => onOpen(owner.contactId)}>
        Open {owner.name}
      </Anchor>
    </>
  );
}
