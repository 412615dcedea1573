import { ActionIcon, Select, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import classes from './editor.module.css';
import { contactName, type SampleContact } from './use-sample-contact.ts';

/** Whom the preview is for: search by name or address, or step to the previous and next contact. */
export function ContactPicker({ sample }: { sample: SampleContact }) {
  const { contact, found, total, search, setSearch, choose, step } = sample;
  // The chosen contact stays an option, or the field would lose its name; what was searched for comes first.
  const others = contact ? found.filter(({ id }) => id !== contact.id) : found;
  const searching = contact !== null && search !== contactName(contact);
  const rows =
    !contact || others.length < found.length ? found : searching ? [...others, contact] : [contact, ...others];
  return (
    <>
      <Select
        className={classes.contact}
        aria-label="Preview as contact"
        placeholder={total === 0 ? 'No contacts yet' : 'Find a contact'}
        disabled={total === 0}
        searchable
        searchValue={search}
        onSearchChange={setSearch}
        // The worker has searched already; whatever it found is shown.
        filter={({ options }) => options}
        data={rows.map((row) => ({ value: String(row.id), label: contactName(row) }))}
        renderOption={({ option }) => {
          const row = rows.find(({ id }) => String(id) === option.value);
          return (
            <span style={{ minWidth: 0 }}>
              <span style={{ display: 'block' }}>{option.label}</span>
              <span style={{ display: 'block', fontSize: 12, color: 'var(--text-dim)' }}>
                {row?.email ?? 'no email'}
                {row?.country ? ` · ${row.country}` : ''}
              </span>
            </span>
          );
        }}
        value={contact ? String(contact.id) : null}
        onChange={(value) => {
          if (value !== null) choose(Number(value));
        }}
        nothingFoundMessage="No contact matches"
        comboboxProps={{ width: 280, position: 'bottom-start' }}
        allowDeselect={false}
      />
      <Tooltip label="Previous contact">
        <ActionIcon aria-label="Previous contact" disabled={total < 2} onClick={() => step(-1)}>
          <IconChevronLeft size={16} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Next contact">
        <ActionIcon aria-label="Next contact" disabled={total < 2} onClick={() => step(1)}>
          <IconChevronRight size={16} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
