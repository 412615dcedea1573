import { Route, Switch } from 'wouter';
import { LiveScreen } from './live-screen.tsx';
import { ProblemsScreen } from './problems-screen.tsx';
import { SystemScreen } from './system-screen.tsx';
import { TypeScreen } from './type-screen.tsx';
import { TypesScreen } from './types-screen.tsx';

/** /events: types and their pages, what Muster raises itself, the newest events, and what could not be stored. */
export default function EventsRoutes() {
  return (
    <Switch>
      <Route path="/events/types/:key">{({ key }) => <TypeScreen key={key} typeKey={decodeURIComponent(key)} />}</Route>
      <Route path="/events/system">
        <SystemScreen />
      </Route>
      <Route path="/events/live">
        <LiveScreen />
      </Route>
      <Route path="/events/problems">
        <ProblemsScreen />
      </Route>
      <Route path="/events">
        <TypesScreen />
      </Route>
    </Switch>
  );
}
