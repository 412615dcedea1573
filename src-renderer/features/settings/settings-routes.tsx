import { Route, Switch } from 'wouter';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { TabLinks } from '#renderer/ui/tab-links.tsx';
import { AccountSettings } from './account-settings.tsx';
import { ApiKeySettings } from './api-key-settings.tsx';
import { AppearanceSettings } from './appearance-settings.tsx';
import { DemoSettings } from './demo-settings.tsx';
import { SenderSettings } from './sender-settings.tsx';
import { SendingSettings } from './sending-settings.tsx';

const tabs = [
  { href: '/settings', label: 'Sender' },
  { href: '/settings/sending', label: 'Sending' },
  { href: '/settings/api-keys', label: 'API keys' },
  { href: '/settings/demo', label: 'Demo shop' },
  { href: '/settings/appearance', label: 'Appearance' },
  { href: '/settings/account', label: 'Account' },
];

/** /settings and its parts. */
export default function SettingsRoutes() {
  return (
    <Page
      width="form"
      header={
        <PageHeader title="Settings">
          <TabLinks label="Settings" tabs={tabs} />
        </PageHeader>
      }
    >
      <Switch>
        <Route path="/settings/sending">
          <SendingSettings />
        </Route>
        <Route path="/settings/api-keys">
          <ApiKeySettings />
        </Route>
        <Route path="/settings/demo">
          <DemoSettings />
        </Route>
        <Route path="/settings/appearance">
          <AppearanceSettings />
        </Route>
        <Route path="/settings/account">
          <AccountSettings />
        </Route>
        <Route>
          <SenderSettings />
        </Route>
      </Switch>
    </Page>
  );
}
