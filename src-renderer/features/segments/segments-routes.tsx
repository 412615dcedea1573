import { Route, Switch } from 'wouter';
import { SegmentScreen } from './segment-screen.tsx';
import { SegmentsScreen } from './segments-screen.tsx';

/** /segments and /segments/<id>. */
export default function SegmentsRoutes() {
  return (
    <Switch>
      <Route path="/segments/:id">{({ id }) => <SegmentScreen key={id} id={id} />}</Route>
      <Route path="/segments">
        <SegmentsScreen />
      </Route>
    </Switch>
  );
}
