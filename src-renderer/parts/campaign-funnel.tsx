import type { CampaignFigures, RecipientFilter } from '#renderer/data/data-api.ts';
import { Funnel } from '#renderer/ui/chart-funnel.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { funnelSteps, machineOpenWords } from './campaign-steps.ts';

const MACHINE =
  'Some mail programs and security scanners fetch every picture by themselves. Those opens say nothing about a person, so they are counted apart.';

type Props = {
  figures: CampaignFigures;
  /** Shows who is behind a figure. */
  onOpen: ((filter: RecipientFilter) => void) | null;
};

/** Recipients, sent, opened, clicked, orders; the same on the dashboard and in the campaign's report. */
export function CampaignFunnel({ figures, onOpen }: Props) {
  const format = useFormat();
  return (
    <Funnel
      label="From recipients to orders"
      steps={funnelSteps(figures).map(({ key, label, value, of, filter }) => ({
        label,
        value,
        text: format.count(value),
        share: of ? `${format.share(value, of.value)} ${of.words}` : null,
        beside:
          key === 'opened'
            ? { value: figures.machineOpened, text: machineOpenWords(figures.machineOpened), why: MACHINE }
            : null,
        onOpen: filter && onOpen ? () => onOpen(filter) : null,
      }))}
    />
  );
}
