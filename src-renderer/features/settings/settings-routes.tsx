import { Route, Switch } from 'wouter';
import { OnlyWith } from '#renderer/parts/allowed.tsx';
import { useRole } from '#renderer/parts/use-can.ts';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { TabLinks } from '#renderer/ui/tab-links.tsx';
import { can, type Right } from '#shared/account/roles.ts';
import { AccountSettings } from './account-settings.tsx';
import { ApiKeySettings } from './api-key-settings.tsx';
import { AppearanceSettings } from './appearance-settings.tsx';
import { DemoSettings } from './demo-settings.tsx';
import { DeviceSettings } from './device-settings.tsx';
import { FieldSettings } from './field-settings.tsx';
import { MemberSettings } from './member-settings.tsx';
import { OptInSettings } from './opt-in-settings.tsx';
import { SenderSettings } from './sender-settings.tsx';
import { SendingSettings } from './sending-settings.tsx';
import { SiteList } from './site-list.tsx';
import { SiteScreen } from './site-screen.tsx';
import { SubscriptionSettings } from './subscription-settings.tsx';

const tabs: { href: string; label: string; needs?: Right }[] = [
  { href: '/settings', label: 'Sender' },
  { href: '/settings/sending', label: 'Sending' },
  { href: '/settings/subscriptions', label: 'Subscriptions' },
  { href: '/settings/members', label: 'Members' },
  { href: '/settings/fields', label: 'Contact fields' },
  { href: '/settings/devices', label: 'Devices' },
  { href: '/settings/sites', label: 'Sites' },
  { href: '/settings/api-keys', label: 'API keys', needs: 'administer' },
  { href: '/settings/demo', label: 'Demo shop', needs: 'administer' },
  { href: '/settings/appearance', label: 'Appearance' },
  { href: '/settings/account', label: 'Account' },
];

/** /settings and its parts. */
export default function SettingsRoutes() {
  const role = useRole();
  const offered = tabs.filter(({ needs }) => needs === undefined || role === null || can(role, needs));
  return (
    <Page
      width="form"
      header={
        <PageHeader title="Settings">
          <TabLinks label="Settings" tabs={offered} />
        </PageHeader>
      }
    >
      <Switch>
        <Route path="/settings/sending">
          <SendingSettings />
        </Route>
        <Route path="/settings/subscriptions">
          <SubscriptionSettings />
          <OptInSettings />
        </Route>
        <Route path="/settings/members">
          <MemberSettings />
        </Route>
        <Route path="/settings/fields">
          <FieldSettings />
        </Route>
        <Route path="/settings/devices">
          <DeviceSettings />
        </Route>
        <Route path="/settings/sites/:id">{({ id }) => <SiteScreen id={id} />}</Route>
        <Route path="/settings/sites">
          <SiteList />
        </Route>
        <Route path="/settings/api-keys">
          <OnlyWith right="administer" title="For administrators">
            <ApiKeySettings />
          </OnlyWith>
        </Route>
        <Route path="/settings/demo">
          <OnlyWith right="administer" title="For administrators">
            <DemoSettings />
          </OnlyWith>
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
