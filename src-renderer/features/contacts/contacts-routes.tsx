import { Route, Switch } from 'wouter';
import { ContactsScreen } from './contacts-screen.tsx';

/** /contacts and /contacts/<id>: the list, with the card of one contact at its side. */
export default function ContactsRoutes() {
  return (
    <Switch>
      <Route path="/contacts/:id?">
        {({ id }) => <ContactsScreen openedId={id === undefined ? null : Number(id)} />}
      </Route>
    </Switch>
  );
}
