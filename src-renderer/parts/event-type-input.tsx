import { Autocomplete } from '@mantine/core';
import { useLive } from '#renderer/data/hooks.ts';
import { isSystemType } from '#shared/event/system-events.ts';
import { fold } from '#shared/kernel/fold.ts';
import { eventName, useArchivedTypes, useDescribedTypes } from './event-names.ts';
import classes from './event-type-input.module.css';

type Props = {
  label: string;
  description: string;
  placeholder: string;
  /** Key of the type; empty: none. */
  value: string;
  onChange: (key: string) => void;
};

/** Types of events that came in or were described, what came in first; Muster's own and those out of sight are left out. */
function useOfferedTypes(): string[] {
  const seen = useLive((from) => from.eventTypes(), [], ['columns']).value;
  const described = useDescribedTypes();
  const archived = useArchivedTypes();
  const keys = new Set([...(seen ?? []).map(({ value }) => value), ...described]);
  return [...keys].filter((key) => !archived.has(key) && !isSystemType(key));
}

/** A type of event: chosen by name or key among those there are, or the key of a new one. */
export function EventTypeInput({ label, description, placeholder, value, onChange }: Props) {
  const types = useOfferedTypes();
  const key = value.trim();
  const isNew = key !== '' && !types.includes(key);
  return (
    <Autocomplete
      label={label}
      description={isNew ? `New: the type “${key}” is made with its first event.` : description}
      placeholder={placeholder}
      maxLength={200}
      maxDropdownHeight={280}
      error={isSystemType(key) ? 'Types that begin with “muster.” are raised by Muster itself' : null}
      data={types}
      value={value}
      onChange={onChange}
      filter={({ options, search }) =>
        options.filter((option) => 'value' in option && isFound(String(option.value), search))
      }
      renderOption={({ option }) => (
        <span className={classes.option}>
          <span className={classes.name}>{eventName(String(option.value))}</span>
          <code className={classes.key}>{option.value}</code>
        </span>
      )}
    />
  );
}

/** By key, and by what people call it. */
const isFound = (key: string, search: string): boolean =>
  fold(`${key}\n${eventName(key)}`).includes(fold(search.trim()));
