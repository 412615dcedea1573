import { type ComponentType, lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { NotFound } from './not-found.tsx';

/**
 * Every feature exports its screens as the default component of `features/<name>/<name>-routes.tsx`. It is loaded when its
 * address is first opened, gets every address below `/<name>`, and names absolute addresses in its own routes and links.
 */
const modules = import.meta.glob<{ default: ComponentType }>('../features/*/*-routes.tsx');

const screens = Object.entries(modules).map(([file, load]) => {
  const feature = file.split('/')[2] ?? '';
  return { feature, load, Screen: lazy(load) };
});

/** Whether the feature is part of this build. */
export const hasFeature = (feature: string): boolean => screens.some((screen) => screen.feature === feature);

/** Fetches a feature's code before it is opened, so that a click answers at once. */
export function preloadFeature(feature: string): void {
  const screen = screens.find((candidate) => candidate.feature === feature);
  // A failed early fetch is asked again, and shown, when the screen is opened.
  if (screen) screen.load().catch((error: unknown) => console.warn(`${feature} could not be fetched early`, error));
}

const loading = (
  <Page width="fill" header={<PageHeader title="" />}>
    <SkeletonRows />
  </Page>
);

/** The screen of the current address. */
export function Routes() {
  return (
    <Switch>
      {screens.map(({ feature, Screen }) => (
        <Route key={feature} path={feature === 'home' ? '/' : `/${feature}/*?`}>
          <ErrorBoundary key={feature}>
            <Suspense fallback={loading}>
              <Screen />
            </Suspense>
          </ErrorBoundary>
        </Route>
      ))}
      <Route path="/review">
        <Redirect to="/sync/review" replace />
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}
