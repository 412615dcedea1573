import { PanelSection } from '#renderer/ui/panel.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { contactName } from '#shared/contact/contact-name.ts';
import type { MergePreview } from '#shared/contact/duplicate.schema.ts';
import { identifiers } from '#shared/contact/identifiers.ts';
import classes from './duplicates.module.css';

/** Field by field what each card has and what stays; what leads to the merged contact; what history follows. */
export function MergePreviewView({ preview }: { preview: MergePreview }) {
  const format = useFormat();
  const { survivor, merged, fields, history } = preview;
  const follows = [
    format.counted(history.orders, 'order'),
    format.counted(history.messages, 'email'),
    format.counted(history.events, 'event'),
  ];
  return (
    <>
      <PanelSection title="What stays">
        <p className={classes.words}>
          {contactName(survivor)} (contact {survivor.id}) stays and keeps its own values; what is empty is filled from{' '}
          {contactName(merged)} (contact {merged.id}).
          {preview.twoExternalIds ? ' Both External IDs will lead to it. ' : ' '}
          Nothing is deleted: you can undo this at any time.
        </p>
      </PanelSection>
      <PanelSection title="Fields">
        <table className={classes.compared} aria-label="Fields of both contacts">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Contact {survivor.id}</th>
              <th scope="col">Contact {merged.id}</th>
              <th scope="col">Merged</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ field, survivor: own, merged: theirs, result }) => (
              <tr key={field}>
                <th scope="row">{contactFields[field].label}</th>
                <td>{own ?? '–'}</td>
                <td className={theirs === result ? undefined : classes.lost}>{theirs}</td>
                <td>{result}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </PanelSection>
      <PanelSection title="Leads to the merged contact">
        <ul style={{ margin: 0, paddingLeft: 18, fontSize: '0.75rem' }}>
          {preview.identifiers.map(({ kind, value }) => (
            <li key={`${kind}:${value}`} style={{ overflowWrap: 'anywhere' }}>
              {identifiers[kind].label}: {value}
            </li>
          ))}
        </ul>
      </PanelSection>
      <PanelSection title="History that follows">
        <p className={classes.words}>
          {follows.join(', ')} of contact {merged.id}. They count for the merged contact in segments and reports.
        </p>
      </PanelSection>
    </>
  );
}
