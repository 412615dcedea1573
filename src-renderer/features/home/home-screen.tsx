import { useLive } from '#renderer/data/hooks.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { ChecklistCard } from './checklist-card.tsx';
import classes from './home.module.css';
import { KeyFigures } from './key-figures.tsx';
import { RecentCampaigns } from './recent-campaigns.tsx';
import { progress } from './steps.ts';
import { TopSegments } from './top-segments.tsx';

/** Where a day begins: what to do next, then how things stand. */
export function HomeScreen() {
  const checklist = useLive((from) => from.checklist(), [], ['documents', 'columns']);
  const mayEdit = useCan('edit');
  const next = checklist.value ? progress(checklist.value).next : null;
  return (
    <Page header={<PageHeader title="Home" />}>
      <div className={classes.home}>
        {checklist.value && next && mayEdit ? (
          <ChecklistCard checklist={checklist.value} onChanged={checklist.reload} />
        ) : null}
        {checklist.value?.contactsIn ? (
          <>
            <KeyFigures />
            <div className={classes.columns}>
              <RecentCampaigns />
              <TopSegments />
            </div>
          </>
        ) : null}
      </div>
    </Page>
  );
}
