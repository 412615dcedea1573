import { expect, test } from 'vitest';
import { currentTab } from './tab-links.tsx';

const tabs = ['/settings', '/settings/sites', '/settings/sending'];

test.each([
  ['/settings', '/settings'],
  ['/settings/sites', '/settings/sites'],
  ['/settings/sites/0190', '/settings/sites'],
  ['/settings/sitesandmore', '/settings'],
  ['/contacts', null],
])('%s belongs to %s', (location, tab) => {
  expect(currentTab(tabs, location)).toBe(tab);
});
