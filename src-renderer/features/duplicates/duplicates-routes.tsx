import { Route, Switch } from 'wouter';
import { DuplicatesScreen } from './duplicates-screen.tsx';

/** /duplicates, and /duplicates/<id>-<id> with one pair at its side. */
export default function DuplicatesRoutes() {
  return (
    <Switch>
      <Route path="/duplicates/:pair?">{({ pair }) => <DuplicatesScreen opened={pair ?? null} />}</Route>
    </Switch>
  );
}
