import { Delayed } from '#renderer/ui/delayed.tsx';
import { Entry } from './entry.tsx';

/** Opening the local store takes a moment; words appear only when it takes long. */
export function Starting() {
  return (
    <Delayed ms={1500}>
      <Entry title="Opening Muster" text={<span role="status">Reading what is on this device…</span>}>
        {null}
      </Entry>
    </Delayed>
  );
}
