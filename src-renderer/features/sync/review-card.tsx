import { Button, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { ReviewItem } from '#renderer/data/data-api.ts';
import { useSession } from '#renderer/data/hooks.ts';
import { documentHref, documentTitle, fieldName, kindName } from '#renderer/parts/document-words.ts';
import { exportWaiting } from '#renderer/parts/export-waiting.ts';
import { type Names, valueWords } from '#renderer/parts/field-value.tsx';
import { useReasonWithout } from '#renderer/parts/use-can.ts';
import { Versions } from '#renderer/parts/versions.tsx';
import { confirm } from '#renderer/ui/confirm.tsx';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { notifyWithUndo } from '#renderer/ui/notify-with-undo.tsx';
import { Ago } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { putBack } from './put-back.ts';
import review from './review.module.css';
import { choiceWords, fieldsToShow, reviewStory, rightToChange, versionHeads } from './review-words.ts';
import classes from './sync.module.css';

type Props = { item: ReviewItem; names: Names };

/** One decision: both versions side by side, who wrote them, and which way to go. */
export function ReviewCard({ item, names }: Props) {
  const format = useFormat();
  const now = useNow(30_000);
  const session = useSession();
  const me = session.state === 'signedIn' ? session.user.id : null;
  const href = documentHref(item.kind, item.documentId, item.contactId);
  const title = documentTitle(item.kind, item.name, item.contactId);
  const heads = versionHeads(item, me);
  const fields = fieldsToShow(item, (field, value) => valueWords(field, value, format, names));
  return (
    <article className={classes.card} aria-label={`${kindName(item.kind)} ${title}`}>
      <div className={review.reviewHead}>
        <h2 className={review.reviewTitle}>
          <span className={classes.dim}>{kindName(item.kind)}</span>
          {href === null ? (
            <span className={classes.name}>{title}</span>
          ) : (
            <Link href={href} className={classes.name}>
              {title}
            </Link>
          )}
        </h2>
        <p className={item.reason === 'refused' ? classes.refusal : classes.dim}>
          {reviewStory(item, me)} <Ago at={item.at} now={now} />
        </p>
      </div>
      {fields.length === 0 ? null : (
        <Versions
          heads={[heads.kept, heads.lost]}
          rows={fields.map(({ field, kept, lost, current }) => ({
            field,
            label: fieldName(item.kind, field),
            first: kept,
            second: lost,
            now: current,
          }))}
          names={names}
          absent={item.gone ? 'Not on the server' : undefined}
        />
      )}
      <div className={review.reviewFoot}>
        {item.reason === 'refused' ? (
          <RefusedActions item={item} href={href} title={title} />
        ) : (
          <MergeActions item={item} title={title} me={me} />
        )}
      </div>
    </article>
  );
}

/** Settles it once, and says `done`; buttons rest while it is done. */
function useSettle(item: ReviewItem): {
  settle: (choice: 'keep' | 'takeBack', done: string | null) => Promise<boolean>;
  busy: boolean;
} {
  const [busy, setBusy] = useState(false);
  const settle = async (choice: 'keep' | 'takeBack', done: string | null) => {
    setBusy(true);
    try {
      await data.settleReview(item.id, choice);
      if (done !== null) notifyDone(done);
      return true;
    } catch (error) {
      notifyError('This was not settled', error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { settle, busy };
}

function MergeActions({ item, title, me }: { item: ReviewItem; title: string; me: string | null }) {
  const { settle, busy } = useSettle(item);
  const reason = useReasonWithout(rightToChange(item));
  const words = choiceWords(item, me);
  const deletion = item.fields.some(({ field, lost }) => field === 'deleted' && lost === true);
  const takeBack = async () => {
    if (!deletion) {
      // What is made anew has nothing it could be put back to.
      const anew = item.gone === true;
      if ((await settle('takeBack', anew ? `“${title}” is there again.` : null)) && !anew) offerUndo(item, title);
      return;
    }
    const yes = await confirm({
      title: `Delete “${title}”?`,
      consequence: 'It was deleted by one and changed by another, so it was kept. Now it goes for everybody.',
      action: 'Delete it',
      danger: true,
    });
    if (yes) await settle('takeBack', `“${title}” is deleted.`);
  };
  // Neither way is the better one: what to do only the two people know.
  return (
    <>
      <Button variant="default" loading={busy} onClick={() => void settle('keep', `“${title}” stays as it is.`)}>
        {words.keep}
      </Button>
      <Tooltip label={reason} disabled={reason === null}>
        <Button variant="default" loading={busy} disabled={reason !== null} onClick={() => void takeBack()}>
          {words.use}
        </Button>
      </Tooltip>
    </>
  );
}

/** The way back from a version that was taken: what was there until now is written again. */
function offerUndo(item: ReviewItem, title: string): void {
  notifyWithUndo(`took-${item.id}`, `“${title}” has the other version now.`, async () => {
    try {
      await putBack(item);
      notifyDone(`“${title}” is as it was.`);
    } catch (error) {
      notifyError(`“${title}” was not put back`, error);
    }
  });
}

function RefusedActions({ item, href, title }: { item: ReviewItem; href: string | null; title: string }) {
  const { settle, busy } = useSettle(item);
  const [, navigate] = useLocation();
  const reason = useReasonWithout(rightToChange(item));
  const drop = async () => {
    const yes = await confirm({
      title: `Drop your text of “${title}”?`,
      consequence: 'What the server has stays. Your text is deleted from this device and cannot be brought back.',
      action: 'Drop my text',
      danger: true,
    });
    if (yes) await settle('keep', 'Your text is dropped.');
  };
  return (
    <>
      {reason === null ? null : (
        <>
          <p className={classes.dim}>{reason} You can take your text along as a file, or drop it.</p>
          <Button variant="default" onClick={() => void exportWaiting()}>
            Export
          </Button>
        </>
      )}
      <Button variant="default" c="var(--bad)" loading={busy} onClick={() => void drop()}>
        Drop my text…
      </Button>
      {href === null || reason !== null ? null : <Button onClick={() => navigate(href)}>Open and mend</Button>}
    </>
  );
}
