import { MultiSelect, Radio, Select, Textarea, TextInput } from '@mantine/core';
import { EventTypeInput } from '#renderer/parts/event-type-input.tsx';
import { useLists } from '#renderer/parts/list-names.ts';
import type { ImportOptions } from '#shared/api/import.schema.ts';
import { type FileAct, fileActs } from '#shared/import/consent-words.ts';
import classes from './imports.module.css';
import { type Known, keyTargets, targetLabel } from './targets.ts';
import type { Draft } from './wizard-state.ts';

const consents: Readonly<Record<FileAct | 'nothing', { label: string; description: string }>> = {
  nothing: {
    label: 'Nothing',
    description: 'Who unsubscribed stays unsubscribed. Columns about mail still count.',
  },
  granted: {
    label: 'They agreed to receive mail',
    description: 'Brings back who unsubscribed before that. Who marked mail as spam stays out.',
  },
  withdrawn: { label: 'They do not want mail', description: 'For files of people who unsubscribed elsewhere.' },
  bounced: { label: 'Their addresses do not work', description: 'For files of bounced or cleaned addresses.' },
  complained: { label: 'They marked mail as spam', description: 'They come back only by signing up themselves.' },
};

const actOf = (value: string): FileAct | null => fileActs.find((act) => act === value) ?? null;

type OptionsStepProps = { draft: Draft; known: Known; onChange: (next: Draft) => void };

/** What is done with the people besides storing their values. */
export function OptionsStep({ draft, known, onChange }: OptionsStepProps) {
  const lists = useLists() ?? [];
  const { options, map } = draft;
  if (draft.kind === 'orders') {
    return (
      <p className={classes.lead}>
        Orders have no options: the same order is not stored twice, a changed one is replaced. An import of orders
        cannot be taken back.
      </p>
    );
  }
  const set = (given: Partial<ImportOptions>) => onChange({ ...draft, options: { ...options, ...given } });
  const keys = keyTargets(map, known);
  const categories = lists.filter(({ kind }) => kind === 'category');
  const granted = options.consent?.act === 'granted';
  return (
    <div className={classes.options}>
      <section aria-labelledby="who">
        <h2 id="who" className={classes.subtitle}>
          People and values
        </h2>
        <Select
          label="People are told apart by"
          allowDeselect={false}
          data={[
            { value: 'auto', label: 'External ID, else email, else phone' },
            ...keys.map((key) => ({ value: key, label: `${targetLabel('contacts', key, known)} only` })),
          ]}
          value={options.dedupe}
          onChange={(value) => set({ dedupe: keys.find((key) => key === value) ?? 'auto' })}
        />
        <Radio.Group
          label="Contacts that are here already"
          value={options.existing}
          onChange={(value) => set({ existing: value === 'fill' ? 'fill' : 'update' })}
        >
          <Radio value="update" label="Get the file’s values" description="An empty cell changes nothing." />
          <Radio value="fill" label="Get only what they do not have yet" />
        </Radio.Group>
        <Radio.Group
          label="Rows with a value that cannot be read"
          value={options.unreadable}
          onChange={(value) => set({ unreadable: value === 'leaveOut' ? 'leaveOut' : 'reject' })}
        >
          <Radio value="reject" label="Leave the row out" description="You get these rows as a file to correct." />
          <Radio
            value="leaveOut"
            label="Import the row without that value"
            description="A wrong email or External ID still leaves the row out."
          />
        </Radio.Group>
      </section>
      <section aria-labelledby="mail">
        <h2 id="mail" className={classes.subtitle}>
          Mail
        </h2>
        <Radio.Group
          label="What the file says about everybody in it"
          value={options.consent?.act ?? 'nothing'}
          onChange={(value) => {
            const act = actOf(value);
            set({ consent: act && { act, evidence: options.consent?.evidence ?? null, at: null } });
          }}
        >
          {(['nothing', ...fileActs] as const).map((value) => (
            <Radio key={value} value={value} {...consents[value]} />
          ))}
        </Radio.Group>
        {granted ? (
          <Textarea
            label="How their agreement can be shown"
            description="It is kept with each of them."
            placeholder="Paper forms of the spring fair, signed, in the Lviv office"
            required
            autosize
            minRows={2}
            maxLength={2000}
            value={options.consent?.evidence ?? ''}
            onChange={(event) => set({ consent: { act: 'granted', evidence: event.currentTarget.value, at: null } })}
          />
        ) : null}
        {granted && categories.length > 0 ? (
          <MultiSelect
            label="Subscribe them to"
            data={categories.map(({ id, name }) => ({ value: id, label: name }))}
            value={options.categories}
            searchable
            onChange={(ids) => set({ categories: ids })}
          />
        ) : null}
      </section>
      <section aria-labelledby="after">
        <h2 id="after" className={classes.subtitle}>
          Lists and events
        </h2>
        <MultiSelect
          label="Add them to lists"
          data={lists.filter(({ kind }) => kind === 'list').map(({ id, name }) => ({ value: id, label: name }))}
          value={options.lists}
          placeholder={options.lists.length === 0 ? 'No list' : ''}
          searchable
          nothingFoundMessage="There is no such list"
          onChange={(ids) => set({ lists: ids })}
        />
        <TextInput
          label="Add them to a new list"
          placeholder="Its name"
          maxLength={120}
          value={options.newList ?? ''}
          onChange={(event) => set({ newList: event.currentTarget.value === '' ? null : event.currentTarget.value })}
        />
        <EventTypeInput
          label="Raise an event for each of them"
          description="Its type. Nothing starts by it unless somebody builds a workflow on it."
          placeholder="No event"
          value={options.event ?? ''}
          onChange={(event) => set({ event: event === '' ? null : event })}
        />
      </section>
    </div>
  );
}
