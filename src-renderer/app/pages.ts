import {
  IconActivity,
  IconAddressBook,
  IconChartBar,
  IconFilter,
  IconHome,
  IconListCheck,
  IconMail,
  IconSend,
  IconSettings,
  IconTag,
  type TablerIcon,
} from '@tabler/icons-react';

/** A place of the rail. `key` is pressed after G: G then C opens Contacts. */
export type PageEntry = { feature: string; path: string; label: string; icon: TablerIcon; key: string; foot?: boolean };

/** Places of the app, in the order of the rail. One whose feature is not part of this build is left out. */
export const pages: readonly PageEntry[] = [
  { feature: 'home', path: '/', label: 'Home', icon: IconHome, key: 'h' },
  { feature: 'contacts', path: '/contacts', label: 'Contacts', icon: IconAddressBook, key: 'c' },
  { feature: 'segments', path: '/segments', label: 'Segments', icon: IconFilter, key: 's' },
  { feature: 'lists', path: '/lists', label: 'Lists', icon: IconListCheck, key: 'l' },
  { feature: 'messages', path: '/messages', label: 'Messages', icon: IconMail, key: 'm' },
  { feature: 'campaigns', path: '/campaigns', label: 'Campaigns', icon: IconSend, key: 'p' },
  { feature: 'reports', path: '/reports', label: 'Reports', icon: IconChartBar, key: 'r' },
  { feature: 'tags', path: '/tags', label: 'Tags', icon: IconTag, key: 't', foot: true },
  { feature: 'events', path: '/events', label: 'Events', icon: IconActivity, key: 'e', foot: true },
  { feature: 'settings', path: '/settings', label: 'Settings', icon: IconSettings, key: ',', foot: true },
];
