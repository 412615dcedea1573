import { Route, Switch } from 'wouter';
import { TagScreen } from './tag-screen.tsx';
import { TagsScreen } from './tags-screen.tsx';

/** /tags: every tag; /tags/<tag>: everything that has it. */
export default function TagsRoutes() {
  return (
    <Switch>
      <Route path="/tags">
        <TagsScreen />
      </Route>
      <Route path="/tags/:tag">{({ tag }) => <TagScreen key={tag} tag={decodeURIComponent(tag)} />}</Route>
    </Switch>
  );
}
