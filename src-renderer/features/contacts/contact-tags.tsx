import { Autocomplete, CloseButton } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { Membership } from '#renderer/data/data-api.ts';
import { tagHref, useContactTags } from '#renderer/parts/tags.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { PanelSection } from '#renderer/ui/panel.tsx';
import { MAX_TAG, tagListId, tagOf, tagOfListId } from '#shared/contact/tag.schema.ts';
import classes from './contact-tags.module.css';

/** A contact's tags; changing them needs the server, as lists do. */
export function ContactTags({ id, memberships }: { id: number; memberships: readonly Membership[] }) {
  const mayChange = useCan('editContacts');
  const online = useOnline();
  const known = (useContactTags() ?? []).map(({ tag }) => tag);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const tags = memberships.flatMap(({ list }) => tagOfListId(list) ?? []).sort((a, b) => a.localeCompare(b));
  if (tags.length === 0 && !mayChange) return null;
  const set = async (tag: string, member: boolean) => {
    if (tag === '') return;
    setBusy(true);
    try {
      await data.actions.setList({ contactIds: [id], listId: tagListId(tag), member });
      setText('');
    } catch (error) {
      notifyError(member ? 'The tag was not added' : 'The tag was not removed', error);
    }
    setBusy(false);
  };
  const rests = busy || !online;
  return (
    <PanelSection title="Tags">
      <ul className={classes.tags}>
        {tags.map((tag) => (
          <li key={tag} className={classes.tag}>
            <Link href={tagHref(tag)} className={classes.link}>
              {tag}
            </Link>
            {mayChange ? (
              <CloseButton
                size={18}
                iconSize={12}
                disabled={rests}
                aria-label={`Remove tag ${tag}`}
                onClick={() => void set(tag, false)}
              />
            ) : null}
          </li>
        ))}
      </ul>
      {mayChange ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void set(tagOf(text), true);
          }}
        >
          <Autocomplete
            size="xs"
            aria-label="Add a tag"
            placeholder={online ? 'Add a tag…' : 'Changing tags needs the server'}
            disabled={rests}
            maxLength={MAX_TAG}
            data={known.filter((tag) => !tags.includes(tag))}
            value={text}
            onChange={setText}
            onOptionSubmit={(tag) => void set(tagOf(tag), true)}
          />
        </form>
      ) : null}
    </PanelSection>
  );
}
