/** A workspace that several people have used for weeks, as its data worker would tell it: for pictures of full lists. */
import type { LocalData, ReviewItem, SyncStatus } from '#renderer/data/data-api.ts';
import type { RemoteChange, WaitingChange } from '#renderer/data/data-changes.ts';
import { lapsedCustomers } from '#renderer/features/segments/starters.ts';
import type { DeviceInfo, MemberInfo } from '#shared/api/ports.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import type { StagedAnswers } from './staged-answers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const anna = { id: 'staged-anna', name: 'Anna Willow' };
const borys = { id: 'staged-borys', name: 'Borys Коваленко' };

const orders = (value: number): Rule => ({
  type: 'all',
  rules: [
    {
      type: 'activity',
      source: { table: 'order' },
      period: null,
      measure: 'count',
      op: 'atLeast',
      value,
      window: null,
    },
  ],
});

export const stagedStatus = (now: number): SyncStatus => ({
  online: true,
  offlineSince: null,
  signInNeeded: false,
  waiting: 2,
  refused: 1,
  syncedAt: now - 2 * MINUTE,
  transfer: null,
  generation: 12,
  lastError: null,
  role: 'admin',
  mismatch: null,
  reviews: 4,
  leaseUntil: null,
  full: false,
});

const localData = (now: number): LocalData => ({
  parts: [
    { what: 'contacts', rows: 100_000, bytes: 8_400_000, from: null, to: null },
    { what: 'personal', rows: 100_000, bytes: 14_200_000, from: null, to: null },
    { what: 'orders', rows: 212_034, bytes: 9_100_000, from: now - 700 * DAY, to: now - HOUR },
    { what: 'events', rows: 5_012_345, bytes: 151_000_000, from: now - 365 * DAY, to: now - MINUTE },
    { what: 'deliveries', rows: 40_123, bytes: 1_200_000, from: now - 60 * DAY, to: now - 4 * DAY },
    { what: 'documents', rows: 132, bytes: 240_000, from: null, to: null },
  ],
  since: now - 20 * DAY,
  lost: null,
  keep: { eventDays: null, personal: true },
  usage: { used: 184_000_000, quota: 12_000_000_000 },
  persisted: false,
});

const LONG_NAME =
  'An invitation to the winter market in every town where we have a shop or a friendly neighbour with one';

const waitingChanges = (now: number): WaitingChange[] => {
  const change = { contactId: null, field: null, removed: false, refusal: null };
  return [
    { ...change, id: 's1', kind: 'segment', name: 'Loyal in December', at: now - MINUTE },
    {
      ...change,
      id: 'e1',
      kind: 'contact-edit',
      name: 'Олена Шевченко',
      contactId: 12,
      field: 'town',
      values: [{ field: 'town', from: 'Київ', to: 'Львів' }],
      at: now - HOUR,
    },
    {
      ...change,
      id: 'm1',
      kind: 'message',
      name: LONG_NAME,
      at: now - 2 * HOUR,
      refusal: 'The text is larger than 500,000 characters. Shorten it.',
    },
  ];
};

const recentChanges = (now: number): RemoteChange[] => {
  const change = { contactId: null, merged: false, fields: [] };
  return [
    {
      ...change,
      id: 'a',
      at: now - 3 * MINUTE,
      by: borys,
      kind: 'segment',
      documentId: 's1',
      name: 'Loyal in December',
      what: 'changed',
      fields: ['rule', 'name'],
      merged: true,
    },
    {
      ...change,
      id: 'b',
      at: now - 8 * MINUTE,
      by: borys,
      kind: 'contact-edit',
      documentId: 'e9',
      name: 'Олена Шевченко',
      contactId: 12,
      what: 'made',
      fields: ['town'],
    },
    {
      ...change,
      id: 'c',
      at: now - 3 * HOUR,
      by: null,
      kind: 'campaign-run',
      documentId: 'run:c1',
      name: 'Early access',
      what: 'changed',
      fields: ['state'],
    },
    {
      ...change,
      id: 'd',
      at: now - 2 * DAY,
      by: borys,
      kind: 'message',
      documentId: 'm2',
      name: LONG_NAME,
      what: 'made',
    },
    {
      ...change,
      id: 'e',
      at: now - 5 * DAY,
      by: borys,
      kind: 'campaign',
      documentId: 'c7',
      name: 'Spring',
      what: 'removed',
    },
  ];
};

const reviews = (now: number): ReviewItem[] => {
  const item = { contactId: null, message: null, reason: 'merge' as const };
  return [
    {
      ...item,
      id: 'r1',
      kind: 'segment',
      documentId: 's1',
      name: 'Loyal in December',
      at: now - 3 * MINUTE,
      keptBy: borys,
      lostBy: anna,
      fields: [
        { field: 'rule', kept: orders(4), lost: lapsedCustomers.rule },
        { field: 'name', kept: 'Loyal in December', lost: 'Loyal this winter' },
      ],
    },
    {
      ...item,
      id: 'r2',
      kind: 'contact-edit',
      documentId: 'e9',
      name: 'Олена Шевченко',
      contactId: 12,
      at: now - 8 * MINUTE,
      keptBy: anna,
      lostBy: borys,
      fields: [{ field: 'town', kept: 'Київ', lost: 'Львів' }],
    },
    {
      ...item,
      id: 'r3',
      reason: 'refused',
      kind: 'message',
      documentId: 'm1',
      name: LONG_NAME,
      at: now - 2 * HOUR,
      keptBy: null,
      lostBy: null,
      message: 'The text is larger than 500,000 characters. Shorten it.',
      fields: [{ field: 'subject', kept: 'Three things for you', lost: 'Four things for {{ contact.firstName }}' }],
    },
    {
      ...item,
      id: 'r4',
      kind: 'campaign',
      documentId: 'c7',
      name: 'Spring',
      at: now - DAY,
      keptBy: anna,
      lostBy: borys,
      fields: [{ field: 'deleted', kept: false, lost: true }],
    },
  ];
};

const members = (now: number): MemberInfo[] => [
  {
    userId: anna.id,
    email: 'anna@willow.example.org',
    name: anna.name,
    role: 'admin',
    since: now - 90 * DAY,
    active: true,
  },
  {
    userId: borys.id,
    email: 'borys.kovalenko.marketing@department.willow.example.org',
    name: borys.name,
    role: 'marketer',
    since: now - 20 * DAY,
    active: true,
  },
  {
    userId: 'staged-chloe',
    email: 'chloe@agency.example.org',
    name: 'Chloé Martin',
    role: 'marketerNoPersonal',
    since: now - 3 * DAY,
    active: true,
  },
];

const devices = (now: number): DeviceInfo[] => {
  const device = (id: string, user: { id: string; name: string }, name: string, seenAt: number): DeviceInfo => ({
    id,
    userId: user.id,
    userName: user.name,
    name,
    firstSeenAt: now - 30 * DAY,
    lastSeenAt: seenAt,
    state: 'active',
    signedIn: true,
    current: false,
    holds: { contacts: 100_000, personal: true, events: 5_012_345, bytes: 184_000_000, since: now - 20 * DAY },
  });
  const lost = device('d3', borys, 'Firefox on macOS', now - 9 * DAY);
  const gone = device('d4', { id: 'staged-chloe', name: 'Chloé Martin' }, 'Chrome on Android', now - 12 * DAY);
  return [
    { ...device('d1', anna, 'Chrome on Linux', now - MINUTE), current: true },
    device('d2', borys, 'Muster on Windows', now - 3 * DAY),
    { ...lost, state: 'ordered', holds: { ...lost.holds, personal: false } },
    { ...gone, state: 'wiped' },
  ];
};

/** Every list full, a refusal among them. */
export function busyWorkspace(now: number): StagedAnswers {
  return {
    status: stagedStatus(now),
    localData: localData(now),
    waitingChanges: waitingChanges(now),
    recentChanges: recentChanges(now),
    reviews: reviews(now),
    'actions.listMembers': members(now),
    'actions.listDevices': devices(now),
  };
}

/** Nothing goes: too old, full, long away. */
export function troubledWorkspace(now: number): StagedAnswers {
  return {
    ...busyWorkspace(now),
    status: {
      ...stagedStatus(now),
      online: false,
      syncedAt: now - 26 * DAY,
      offlineSince: now - 26 * DAY,
      mismatch: 'appTooOld',
      full: true,
      leaseUntil: now + 4 * DAY,
      transfer: { done: 25_000_000, total: 184_000_000 },
    },
  };
}
