import { Route, Switch } from 'wouter';
import { OnlyWith } from '#renderer/parts/allowed.tsx';
import { ContactsScreen } from './contacts-screen.tsx';
import { DeletedScreen } from './deleted-screen.tsx';

/**
 * /contacts and /contacts/<id>: the list, with the card of one contact at its side; /contacts/new: with the dialog that adds
 * one; /contacts/deleted: who was deleted.
 */
export default function ContactsRoutes() {
  return (
    <Switch>
      <Route path="/contacts/deleted">
        <OnlyWith right="readPersonal" title="Deleted contacts are for those who see names">
          <DeletedScreen />
        </OnlyWith>
      </Route>
      <Route path="/contacts/:id?">
        {({ id }) => (
          <ContactsScreen openedId={id === undefined || id === 'new' ? null : Number(id)} adding={id === 'new'} />
        )}
      </Route>
    </Switch>
  );
}
