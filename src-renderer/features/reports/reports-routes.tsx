import { IconChartBar } from '@tabler/icons-react';
import { useState } from 'react';
import { LoadDemoButton } from '#renderer/parts/load-demo-button.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { LatestCampaigns } from './latest-campaigns.tsx';
import { bestStep, type DateRange, type Preset, presetRange } from './range.ts';
import { RangeBar } from './range-bar.tsx';
import classes from './reports.module.css';
import type { Customers } from './revenue-chart.tsx';
import { RevenueSection } from './revenue-section.tsx';
import { useDataRange } from './use-revenue.ts';

/** The dashboard: revenue over time, and what the latest campaigns brought. Everything is computed on this device. */
export default function ReportsRoutes() {
  const { range: whole, error, reload } = useDataRange();
  if (whole === undefined) {
    return (
      <Page header={<PageHeader title="Reports" />}>
        {error ? (
          <ErrorState title="The orders could not be read" error={error} retry={reload} />
        ) : (
          <SkeletonRows label="Loading the reports" />
        )}
      </Page>
    );
  }
  if (whole === null) {
    return (
      <Page header={<PageHeader title="Reports" />}>
        <div className={classes.stack}>
          <EmptyState
            icon={<IconChartBar size={24} stroke={1.5} />}
            title="Revenue appears with the first order"
            actions={<LoadDemoButton />}
          >
            Import a shop’s orders, or send them over the API, and see revenue, returns and customers by day, also
            offline.
          </EmptyState>
          <LatestCampaigns />
        </div>
      </Page>
    );
  }
  return <Dashboard whole={whole} />;
}

function Dashboard({ whole }: { whole: DateRange }) {
  const [preset, setPreset] = useState<Preset>('30d');
  const [custom, setCustom] = useState<DateRange | null>(null);
  const [step, setStep] = useState<'day' | 'month' | null>(null);
  /** The date field keeps its own half-chosen range; a range chosen elsewhere starts it anew. */
  const [pickerKey, setPickerKey] = useState(0);
  const [customers, setCustomers] = useState<Customers>('all');
  const range = presetRange(preset, whole, custom);
  const by = step ?? bestStep(range);

  const zoom = (month: string) => {
    const [year = 1970, of = 1] = month.split('-').map(Number);
    const last = new Date(Date.UTC(year, of, 0)).getUTCDate();
    setCustom({ from: `${month}-01`, to: `${month}-${last}` });
    setPreset('custom');
    setStep('day');
    setPickerKey((old) => old + 1);
  };
  return (
    <Page
      header={
        <PageHeader title="Reports">
          <RangeBar
            pickerKey={pickerKey}
            preset={preset}
            range={range}
            whole={whole}
            by={by}
            customers={customers}
            onPreset={(next) => {
              if (next === 'custom') setCustom(range);
              setPreset(next);
              setStep(null);
            }}
            onCustom={setCustom}
            onBy={setStep}
            onCustomers={setCustomers}
          />
        </PageHeader>
      }
    >
      <div className={classes.stack}>
        <RevenueSection
          range={range}
          whole={whole}
          by={by}
          customers={customers}
          onPick={by === 'month' ? zoom : null}
        />
        <LatestCampaigns />
      </div>
    </Page>
  );
}
