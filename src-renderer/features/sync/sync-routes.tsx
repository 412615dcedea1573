import { Route, Switch } from 'wouter';
import { ReviewScreen } from './review-screen.tsx';
import { SyncScreen } from './sync-screen.tsx';

/** /sync and /sync/review. */
export default function SyncRoutes() {
  return (
    <Switch>
      <Route path="/sync/review">
        <ReviewScreen />
      </Route>
      <Route>
        <SyncScreen />
      </Route>
    </Switch>
  );
}
