import { ActionIcon, Tooltip, UnstyledButton, VisuallyHidden } from '@mantine/core';
import {
  IconGitMerge,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconSearch,
} from '@tabler/icons-react';
import { useId, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { useProblemCount, useWatchProblems } from '#renderer/parts/problem-count.ts';
import { modifierName } from '#renderer/platform/desktop.ts';
import type { Format } from '#renderer/ui/format.ts';
import { useUiState } from '#renderer/ui/ui-state.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { type PageEntry, pages } from './pages.ts';
import { openPalette } from './palette.tsx';
import classes from './rail.module.css';
import { hasFeature, preloadFeature } from './routes.tsx';
import { useCurrentStatus } from './status-context.tsx';
import { StatusPill } from './status-pill.tsx';
import { useRailCollapsed } from './use-rail-collapsed.ts';

const present = pages.filter((page) => hasFeature(page.feature));

const nameOf = (label: string, problems: number, format: Format): string =>
  problems > 0 ? `${label}, ${format.counted(problems, 'problem')}` : label;

type RailLinkProps = { page: PageEntry; collapsed: boolean; active: boolean; problems: number };

/** `problems`: how much waits there for a person; shown only where there is any. */
function RailLink({ page, collapsed, active, problems }: RailLinkProps) {
  const format = useFormat();
  const Icon = page.icon;
  const shortcut = `G then ${page.key.toUpperCase()}`;
  // A tooltip is dear to make, and the wide rail has none.
  const link = useRef<HTMLAnchorElement>(null);
  const keys = useId();
  return (
    <li>
      <Link
        ref={link}
        href={page.path}
        className={classes.link}
        aria-current={active ? 'page' : undefined}
        aria-label={collapsed ? nameOf(page.label, problems, format) : undefined}
        aria-describedby={collapsed ? keys : undefined}
        onMouseEnter={() => preloadFeature(page.feature)}
        onFocus={() => preloadFeature(page.feature)}
      >
        <Icon size={18} stroke={1.5} aria-hidden />
        {collapsed ? null : <span>{page.label}</span>}
        {problems > 0 ? (
          <span className={classes.problems} data-dot={collapsed || undefined}>
            <span aria-hidden>{collapsed ? '' : format.countShort(problems)}</span>
            <VisuallyHidden>{format.counted(problems, 'problem')}</VisuallyHidden>
          </span>
        ) : null}
      </Link>
      {collapsed ? (
        <>
          {/* A tooltip beside its target describes it to nobody who listens. */}
          <span id={keys} hidden>
            {shortcut}
          </span>
          <Tooltip target={link} label={`${page.label} · ${shortcut}`} position="right" />
        </>
      ) : null}
    </li>
  );
}

/** Only while there is something to decide: which of two versions stands, or what becomes of a refused text. */
function ReviewLink({ collapsed, active }: { collapsed: boolean; active: boolean }) {
  const format = useFormat();
  const count = useCurrentStatus()?.reviews ?? 0;
  if (count === 0) return null;
  return (
    <li>
      <Tooltip label={`${format.count(count)} to review`} position="right" disabled={!collapsed}>
        <Link
          href="/sync/review"
          className={classes.link}
          aria-current={active ? 'page' : undefined}
          aria-label={collapsed ? `Review ${format.count(count)}` : undefined}
        >
          <IconGitMerge size={18} stroke={1.5} aria-hidden />
          {collapsed ? null : <span>Review</span>}
          <span className={classes.reviews} data-small={collapsed || undefined}>
            {collapsed ? format.countShort(count) : format.count(count)}
          </span>
        </Link>
      </Tooltip>
    </li>
  );
}

/** The rail at the left: where one can go, and at its foot how things stand. */
export function Rail({ workspace }: { workspace: string }) {
  const collapsed = useRailCollapsed();
  const toggle = useUiState((state) => state.toggleRail);
  const [location] = useLocation();
  useWatchProblems();
  const problems = useProblemCount();
  const links = (atFoot: boolean) =>
    present
      .filter((page) => (page.foot ?? false) === atFoot)
      .map((page) => (
        <RailLink
          key={page.path}
          page={page}
          problems={page.feature === 'events' ? problems : 0}
          collapsed={collapsed}
          active={page.path === '/' ? location === '/' : location === page.path || location.startsWith(`${page.path}/`)}
        />
      ));
  const Toggle = collapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;

  return (
    <nav className={classes.rail} data-collapsed={collapsed || undefined} aria-label="Main">
      <div className={classes.top}>
        {collapsed ? null : (
          <span className={classes.workspace} title={workspace}>
            <span className={classes.mark} aria-hidden>
              {workspace.slice(0, 1).toUpperCase() || 'M'}
            </span>
            <span className={classes.name}>{workspace}</span>
          </span>
        )}
        <Tooltip label={collapsed ? 'Show the sidebar ( [ )' : 'Make the sidebar small ( [ )'} position="right">
          <ActionIcon aria-label={collapsed ? 'Show the sidebar' : 'Make the sidebar small'} onClick={toggle}>
            <Toggle size={18} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </div>
      <Tooltip label="Search and commands" position="right" disabled={!collapsed}>
        <UnstyledButton className={classes.search} onClick={openPalette} aria-label={collapsed ? 'Search' : undefined}>
          <IconSearch size={16} stroke={1.5} aria-hidden />
          {collapsed ? null : (
            <>
              <span>Search</span>
              <kbd className={classes.kbd} aria-hidden>
                {modifierName} K
              </kbd>
            </>
          )}
        </UnstyledButton>
      </Tooltip>
      <ul className={classes.links}>{links(false)}</ul>
      <div className={classes.foot}>
        <ul className={classes.links}>
          <ReviewLink collapsed={collapsed} active={location === '/sync/review'} />
          {links(true)}
        </ul>
        <StatusPill />
      </div>
    </nav>
  );
}
