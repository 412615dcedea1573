import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { useWorkspace } from '#renderer/platform/workspace.ts';
import { describeError } from '#renderer/ui/error-words.ts';
import classes from './entry.module.css';
import { Entry } from './entry.tsx';

type Values = { code: string; name: string; email: string; password: string; workspace: string };
type Field = keyof Values;

const checks: Record<Field, (value: string) => string | null> = {
  code: (value) => (value.trim() === '' ? 'Enter the code from the console' : null),
  name: (value) => (value.trim() === '' ? 'Enter your name' : null),
  email: (value) => (/^\S+@\S+\.\S+$/.test(value.trim()) ? null : 'Enter an email address'),
  password: (value) => (value === '' ? 'Choose a password' : value.length < 10 ? 'Use at least 10 characters' : null),
  workspace: (value) => (value.trim() === '' ? 'Name the workspace' : null),
};
const fields: { field: Field; label: string; autoComplete: string; description?: string }[] = [
  {
    field: 'code',
    label: 'Set-up code',
    autoComplete: 'one-time-code',
    description: 'Printed on the console where Muster was started.',
  },
  { field: 'workspace', label: 'Workspace name', autoComplete: 'organization', description: 'Your shop or company.' },
  { field: 'name', label: 'Your name', autoComplete: 'name' },
  { field: 'email', label: 'Email', autoComplete: 'username' },
  { field: 'password', label: 'Password', autoComplete: 'new-password' },
];
const isField = (name: string | null): name is Field => name !== null && Object.hasOwn(checks, name);

/** First run: makes the administrator, behind a code that only who started the server can see. */
export function SetupScreen() {
  const [values, setValues] = useState<Values>({ code: '', name: '', email: '', password: '', workspace: '' });
  const [left, setLeft] = useState<Partial<Record<Field, boolean>>>({});
  const [refused, setRefused] = useState<{ field: Field | null; message: string } | null>(null);
  const [busy, setBusy] = useState(false);
  // The server of this computer was started by the app itself, which knows its code.
  const known = useWorkspace(true)?.setupCode ?? null;
  const asked = fields.filter(({ field }) => field !== 'code' || known === null);
  const inputs = useRef<Partial<Record<Field, HTMLInputElement | null>>>({});

  const submit = async () => {
    setLeft({ code: true, name: true, email: true, password: true, workspace: true });
    const wrong = asked.find(({ field }) => checks[field](values[field]) !== null);
    if (wrong) {
      inputs.current[wrong.field]?.focus();
      return;
    }
    setBusy(true);
    setRefused(null);
    try {
      const { code, name, email, password, workspace } = values;
      await data.actions.setup({
        code: known ?? code.trim(),
        name: name.trim(),
        email: email.trim(),
        password,
        workspace: workspace.trim(),
      });
    } catch (error) {
      const { field, message, code } = describeError(error);
      setRefused({ field: isField(field) ? field : code === 'unauthorized' ? 'code' : null, message });
    } finally {
      setBusy(false);
    }
  };

  return (
    <Entry title="Set up Muster" text="Your customers’ data stays on this machine. This takes a minute, once.">
      <form
        noValidate
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {refused && refused.field === null ? (
          <Alert color="red" role="alert">
            {refused.message}
          </Alert>
        ) : null}
        {asked.map(({ field, label, autoComplete, description }, place) => {
          const Input = field === 'password' ? PasswordInput : TextInput;
          const problem =
            refused?.field === field ? refused.message : left[field] ? checks[field](values[field]) : null;
          return (
            <Input
              key={field}
              ref={(element) => {
                inputs.current[field] = element;
              }}
              label={label}
              description={description}
              autoComplete={autoComplete}
              autoFocus={place === 0}
              value={values[field]}
              error={problem}
              // Mantine's input for passwords does not say it by itself.
              aria-invalid={problem !== null || undefined}
              onChange={(event) => {
                setValues({ ...values, [field]: event.currentTarget.value });
                if (refused?.field === field) setRefused(null);
              }}
              onBlur={() => {
                if (values[field] !== '') setLeft({ ...left, [field]: true });
              }}
            />
          );
        })}
        <Button type="submit" fullWidth loading={busy}>
          Create the workspace
        </Button>
      </form>
    </Entry>
  );
}
