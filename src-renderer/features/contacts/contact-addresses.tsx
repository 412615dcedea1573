import { Button, Menu, Select } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { usePersonalHere } from '#renderer/parts/personal-here.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { sentenceCase } from '#renderer/ui/format.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { PanelSection } from '#renderer/ui/panel.tsx';
import {
  type AddressChange,
  type AddressKind,
  addressKinds,
  type ContactAddress,
} from '#shared/contact/contact-address.schema.ts';
import { AddValueForm } from './add-value-form.tsx';
import classes from './contact-addresses.module.css';

type Act = Omit<AddressChange, 'contactId'>;

/**
 * Every email and phone of a contact. Only the primary ones are on the device; the others are asked of the server. `shown`
 * changes with the primary ones, so that they are asked again.
 */
export function ContactAddresses({ id, shown }: { id: number; shown: string }) {
  const personal = usePersonalHere();
  const mayChange = useCan('editContacts');
  const online = useOnline();
  const [addresses, setAddresses] = useState<ContactAddress[] | null>(null);
  const [busy, setBusy] = useState(false);
  const load = useCallback(async () => {
    try {
      setAddresses(await data.actions.contactAddresses(id));
    } catch (error) {
      // The primary ones stand among the fields; without the server there is nothing to add to them.
      console.warn('Further addresses could not be asked for', error);
    }
  }, [id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shown` says that they may have changed.
  useEffect(() => {
    if (personal && online) void load();
  }, [personal, online, load, shown]);

  if (!personal) return null;
  const change = async (act: Act) => {
    setBusy(true);
    try {
      setAddresses(await data.actions.changeAddress({ contactId: id, ...act }));
    } finally {
      setBusy(false);
    }
  };
  const tryTo = async (act: Act, failed: string) => {
    try {
      await change(act);
    } catch (error) {
      notifyError(failed, error);
    }
  };
  if (addresses === null) {
    return online ? null : (
      <PanelSection title="Emails and phones">
        <p className={classes.dim}>Further addresses are shown when the server is there.</p>
      </PanelSection>
    );
  }
  return (
    <PanelSection title="Emails and phones">
      <ul className={classes.list}>
        {addresses.map((one) => (
          <li key={`${one.kind} ${one.value}`} className={classes.entry}>
            <span className={classes.value} title={one.value}>
              {one.value}
            </span>
            <span className={classes.dim}>
              {[one.primary ? 'primary' : null, one.stopped === null ? null : sentenceCase(one.stopped).toLowerCase()]
                .filter((words) => words !== null)
                .join(' · ')}
            </span>
            {mayChange ? (
              <Menu position="bottom-end" width={200}>
                <Menu.Target>
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    color="gray"
                    disabled={busy || !online}
                    aria-label={`Change ${one.value}`}
                  >
                    <IconDots size={14} stroke={1.5} />
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  {one.primary ? null : (
                    <Menu.Item
                      onClick={() =>
                        void tryTo(
                          { act: 'makePrimary', kind: one.kind, value: one.value },
                          'The address stays as it is',
                        )
                      }
                    >
                      Make it primary
                    </Menu.Item>
                  )}
                  <Menu.Item
                    color="red"
                    onClick={() =>
                      void tryTo({ act: 'remove', kind: one.kind, value: one.value }, 'The address was not removed')
                    }
                  >
                    Remove
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            ) : null}
          </li>
        ))}
      </ul>
      {mayChange ? <AddAddress disabled={busy || !online} onAdd={change} /> : null}
    </PanelSection>
  );
}

const kindWords: Record<AddressKind, string> = { email: 'Email', phone: 'Phone' };

function AddAddress({ disabled, onAdd }: { disabled: boolean; onAdd: (act: Act) => Promise<void> }) {
  const [kind, setKind] = useState<AddressKind>('email');
  return (
    <AddValueForm
      label="Another address"
      placeholder={kind === 'email' ? 'another@example.com' : '+380 67 123 45 67'}
      disabled={disabled}
      onAdd={(value) => onAdd({ act: 'add', kind, value })}
    >
      <Select
        size="xs"
        w={84}
        aria-label="Kind of address"
        allowDeselect={false}
        data={addressKinds.map((one) => ({ value: one, label: kindWords[one] }))}
        value={kind}
        onChange={(next) => setKind(next === 'phone' ? 'phone' : 'email')}
      />
    </AddValueForm>
  );
}
