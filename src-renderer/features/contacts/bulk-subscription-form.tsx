import { Button, Modal, SegmentedControl, Select, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useLists } from '#renderer/parts/list-names.ts';
import { ALL_CATEGORIES, type BulkAction } from '#shared/contact/bulk.schema.ts';
import classes from './bulk.module.css';

type Subscription = Extract<BulkAction, { type: 'subscription' }>;
type Props = { people: string; onSet: (action: Subscription) => void; onClose: () => void };

/** Takes people out of a category or of all mail; or brings them in, saying how it is known that they want it. */
export function SubscriptionForm({ people, onSet, onClose }: Props) {
  const categories = (useLists() ?? []).filter(({ kind }) => kind === 'category');
  const [categoryId, setCategory] = useState<string>(ALL_CATEGORIES);
  const [subscribed, setSubscribed] = useState(false);
  const [evidence, setEvidence] = useState('');
  const ready = !subscribed || evidence.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    onSet({ type: 'subscription', categoryId, subscribed, evidence: subscribed ? evidence.trim() : null });
  };
  return (
    <Modal opened onClose={onClose} title={`Subscription of ${people}`} size={420}>
      <form className={classes.form} onSubmit={submit}>
        <SegmentedControl
          aria-label="What changes"
          fullWidth
          value={subscribed ? 'in' : 'out'}
          data={[
            { value: 'out', label: 'Unsubscribe' },
            { value: 'in', label: 'Subscribe' },
          ]}
          onChange={(value) => setSubscribed(value === 'in')}
        />
        <Select
          label={subscribed ? 'To' : 'From'}
          allowDeselect={false}
          data={[
            { value: ALL_CATEGORIES, label: 'All mail' },
            ...categories.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={categoryId}
          onChange={(next) => setCategory(next ?? ALL_CATEGORIES)}
        />
        {subscribed ? (
          <TextInput
            label="How do you know that they want it?"
            description="What you write is kept with the consent of each of them."
            placeholder="Signed up at the fair in Kyiv, 3 May; lists in the office"
            maxLength={500}
            value={evidence}
            onChange={(event) => setEvidence(event.currentTarget.value)}
          />
        ) : null}
        <Button type="submit" fullWidth disabled={!ready}>
          Go on
        </Button>
      </form>
    </Modal>
  );
}
