import { fieldName } from '#renderer/parts/document-words.ts';
import type { Names } from '#renderer/parts/field-value.tsx';
import { Versions } from '#renderer/parts/versions.tsx';
import { contentOf, type Message, type MessageContent } from '#shared/message/message.schema.ts';

const noNames: Names = new Map();
const fields = ['subject', 'preheader', 'format', 'source'] as const;

/** What a mail says now and would say after publishing, field by field. */
export function MessageDifference({ live, draft }: { live: MessageContent; draft: Message }) {
  const next = contentOf(draft);
  return (
    <Versions
      heads={['Published', 'Draft']}
      names={noNames}
      rows={fields
        .filter((field) => live[field] !== next[field])
        .map((field) => ({ field, label: fieldName('message', field), first: live[field], second: next[field] }))}
    />
  );
}
