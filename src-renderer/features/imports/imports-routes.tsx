import { Route, Switch } from 'wouter';
import { OnlyWith } from '#renderer/parts/allowed.tsx';
import { ImportScreen } from './import-screen.tsx';
import { ImportsScreen } from './imports-screen.tsx';

/** /imports: choose a file, see what was imported; /imports/<id>: one import's progress and result. */
export default function ImportsRoutes() {
  return (
    <OnlyWith right="import" title="Imports are not for your role">
      <Switch>
        <Route path="/imports/:id">{({ id }) => <ImportScreen key={id} id={id} />}</Route>
        <Route path="/imports">
          <ImportsScreen />
        </Route>
      </Switch>
    </OnlyWith>
  );
}
