import { Button, Group, Modal, PasswordInput, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { describeError } from '#renderer/ui/error-words.ts';
import { notifyDone } from '#renderer/ui/notify.ts';
import { type Role, roles, roleWords } from '#shared/account/roles.ts';
import classes from './settings.module.css';

const blank = { email: '', name: '', password: '' };
const LEAST_PASSWORD = 10;

/** An account for somebody: the administrator tells them address and first password. */
export function AddMember({ onAdded }: { onAdded: () => void }) {
  const online = useOnline();
  const [opened, setOpened] = useState(false);
  return (
    <div className={classes.row}>
      <Button disabled={!online} onClick={() => setOpened(true)}>
        Add member
      </Button>
      {online ? null : <span className={classes.hint}>Needs the server, which cannot be reached now.</span>}
      <Modal opened={opened} onClose={() => setOpened(false)} title="Add a member" size={420}>
        {opened ? (
          <AddForm
            onCancel={() => setOpened(false)}
            onAdded={() => {
              setOpened(false);
              onAdded();
            }}
          />
        ) : null}
      </Modal>
    </div>
  );
}

function AddForm({ onAdded, onCancel }: { onAdded: () => void; onCancel: () => void }) {
  const [values, setValues] = useState(blank);
  const [role, setRole] = useState<Role>('marketer');
  const [problem, setProblem] = useState<{ field: string | null; message: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const complete = values.name.trim() !== '' && values.email.includes('@') && values.password.length >= LEAST_PASSWORD;
  const add = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const member = await data.actions.addMember({
        ...values,
        name: values.name.trim(),
        email: values.email.trim(),
        role,
      });
      notifyDone(`${member.name} can sign in now. Tell them the address and the password.`);
      onAdded();
    } catch (error) {
      setProblem(describeError(error));
    } finally {
      setBusy(false);
    }
  };
  const field = (name: keyof typeof blank) => ({
    value: values[name],
    error: problem?.field === name ? problem.message : null,
    'aria-invalid': problem?.field === name || undefined,
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });
  const elsewhere = problem !== null && !Object.hasOwn(blank, problem.field ?? '');
  return (
    <form
      className={classes.dialog}
      onSubmit={(event) => {
        event.preventDefault();
        if (complete) void add();
      }}
    >
      <TextInput label="Name" data-autofocus maxLength={120} {...field('name')} />
      <TextInput label="Email" type="email" maxLength={254} {...field('email')} />
      <PasswordInput
        label="First password"
        description={`At least ${LEAST_PASSWORD} characters. You tell it to them; nothing is mailed.`}
        autoComplete="new-password"
        maxLength={200}
        {...field('password')}
      />
      <Select
        label="Role"
        description={roleWords[role].about}
        data={roles.map((value) => ({ value, label: roleWords[value].name }))}
        value={role}
        allowDeselect={false}
        onChange={(next) => setRole(roles.find((value) => value === next) ?? 'marketer')}
      />
      {elsewhere ? (
        <p role="alert" className={classes.problem}>
          {problem.message}
        </p>
      ) : null}
      <Group justify="flex-end" gap={8}>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} disabled={!complete}>
          Add member
        </Button>
      </Group>
    </form>
  );
}
