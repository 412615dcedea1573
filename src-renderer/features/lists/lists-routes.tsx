import { Route, Switch } from 'wouter';
import { ListScreen } from './list-screen.tsx';
import { ListsScreen } from './lists-screen.tsx';

/** /lists and /lists/<id>. */
export default function ListsRoutes() {
  return (
    <Switch>
      <Route path="/lists/:id">{({ id }) => <ListScreen key={id} id={decodeURIComponent(id)} />}</Route>
      <Route path="/lists">
        <ListsScreen />
      </Route>
    </Switch>
  );
}
