/**
 * What Muster itself knows to have happened, as a catalogue: what it is called, when it happens, what it says, and whether
 * it is raised today. See decision 0028.
 *
 * event: stored as an event of the contact, like any other; delivery: kept with the message it is about, and counted
 * there; none: it cannot be known, so it is never raised.
 */
export type SystemEventRecord = 'event' | 'delivery' | 'none';
export type SystemEventGroup = 'Messages' | 'Consent' | 'Contacts' | 'Lists and segments' | 'Orders' | 'Imports';
export type SystemEventParameter = { name: string; type: 'text' | 'number'; about: string };
export type SystemEvent = {
  /** Type of the event where it is stored as one. */
  key: string;
  name: string;
  group: SystemEventGroup;
  /** When it happens. */
  about: string;
  record: SystemEventRecord;
  /** Whether it is stored where nobody said otherwise; absent: always. */
  kept?: boolean;
  parameters: readonly SystemEventParameter[];
};

/** No event from outside has a type that begins so. */
export const SYSTEM_PREFIX = 'muster.';
export const isSystemType = (key: string): boolean => key.startsWith(SYSTEM_PREFIX);

const campaign: SystemEventParameter = { name: 'campaignId', type: 'text', about: 'The campaign of the message' };
const consent: readonly SystemEventParameter[] = [
  { name: 'purpose', type: 'text', about: '“all” for all mail, or the key of a subscription category' },
  { name: 'source', type: 'text', about: 'Who said so: person, form, app, api, admin or provider' },
];
const order: readonly SystemEventParameter[] = [
  { name: 'externalOrderId', type: 'text', about: 'The order’s number' },
  { name: 'status', type: 'text', about: 'Its status now' },
  { name: 'totalCost', type: 'number', about: 'What it costs, as the shop said' },
];
const by: SystemEventParameter = { name: 'by', type: 'text', about: 'Who did it: a person, API, Import, App …' };
const list: readonly SystemEventParameter[] = [
  { name: 'name', type: 'text', about: 'The list’s name then' },
  { name: 'list', type: 'text', about: 'The list' },
  by,
];
const segment: readonly SystemEventParameter[] = [
  { name: 'name', type: 'text', about: 'The segment’s name then' },
  { name: 'segment', type: 'text', about: 'The segment' },
];
const url: SystemEventParameter = { name: 'url', type: 'text', about: 'The link' };

const entry = (
  name: string,
  key: string,
  record: SystemEventRecord,
  about: string,
  parameters: readonly SystemEventParameter[] = [],
): Omit<SystemEvent, 'group'> => ({ key, name, about, record, parameters });

/** One that can be switched: on where it is few, off where an import of a million rows would raise a million of them. */
const switched = (kept: boolean, ...[name, key, about, parameters]: SwitchedArguments): Omit<SystemEvent, 'group'> => ({
  ...entry(name, key, 'event', about, parameters),
  kept,
});
type SwitchedArguments = [name: string, key: string, about: string, parameters?: readonly SystemEventParameter[]];

const groups: Readonly<Record<SystemEventGroup, readonly Omit<SystemEvent, 'group'>[]>> = {
  Messages: [
    entry('Message sent', 'muster.sent', 'delivery', 'The receiving mail server took the message.', [campaign]),
    entry('Message delivered', 'muster.delivered', 'none', 'It reached the mailbox: no mail server tells.', [campaign]),
    entry('Message opened', 'muster.opened', 'delivery', 'A person opened it; openings by machines are told apart.', [
      campaign,
    ]),
    entry('Link clicked', 'muster.clicked', 'delivery', 'A person followed a link of it.', [campaign, url]),
    entry('Left by a message', 'muster.left', 'delivery', 'A person unsubscribed by a link of it.', [campaign]),
  ],
  Consent: [
    entry('Subscribed', 'muster.subscribed', 'event', 'A contact wants mail, or mail of one category.', consent),
    entry('Unsubscribed', 'muster.unsubscribed', 'event', 'A contact wants no mail, or none of one category.', consent),
    entry('Complained', 'muster.complained', 'event', 'A contact marked mail as spam.', consent),
    entry('Address bounced', 'muster.bounced', 'event', 'The contact’s address does not exist any more.', consent),
  ],
  Contacts: [
    entry('Contact merged', 'muster.merged', 'event', 'Another card was found to be the same person’s.', [
      { name: 'mergedId', type: 'number', about: 'The card that is part of this one now' },
      { name: 'cause', type: 'text', about: '“person”, or “automatic” where identifiers showed it' },
      { name: 'by', type: 'text', about: 'The kind of identifier that showed it' },
    ]),
    switched(false, 'Contact created', 'muster.created', 'A contact is here for the first time.', [
      { name: 'source', type: 'text', about: 'What brought it: API, Import, Event …' },
    ]),
    switched(false, 'Field changed', 'muster.fieldChanged', 'A value of the contact is another one than before.', [
      { name: 'name', type: 'text', about: 'What the field is called' },
      { name: 'field', type: 'text', about: 'The field; its values are not told' },
      by,
    ]),
  ],
  'Lists and segments': [
    switched(
      true,
      'Entered a segment',
      'muster.enteredSegment',
      'It matches the rule now; seen within minutes.',
      segment,
    ),
    switched(true, 'Left a segment', 'muster.leftSegment', 'It no longer matches it; seen within minutes.', segment),
    switched(true, 'Added to a list', 'muster.addedToList', 'The contact was put into a list.', list),
    switched(true, 'Taken out of a list', 'muster.takenOutOfList', 'The contact was taken out of a list.', list),
  ],
  Orders: [
    entry('Order created', 'orderCreated', 'event', 'An order came in with the status INITIALIZED.', order),
    entry('Order updated', 'orderUpdated', 'event', 'It is in progress, or something else of it changed.', order),
    entry('Order delivered', 'orderDelivered', 'event', 'Its status became DELIVERED.', order),
    entry('Order cancelled', 'orderCancelled', 'event', 'Its status became CANCELLED.', order),
    entry('Cart abandoned', 'abandonedCart', 'event', 'An order came in as ABANDONED_SHOPPING_CART.', order),
  ],
  Imports: [
    switched(false, 'Imported', 'muster.imported', 'A file brought the contact, or said something of it.', [
      { name: 'file', type: 'text', about: 'The file’s name' },
    ]),
  ],
};

const groupNames: readonly SystemEventGroup[] = [
  'Messages',
  'Consent',
  'Contacts',
  'Lists and segments',
  'Orders',
  'Imports',
];

/** Every entry, group by group. */
export const systemEvents: readonly SystemEvent[] = groupNames.flatMap((group) =>
  groups[group].map((one) => ({ ...one, group })),
);

const byKey = new Map(systemEvents.map((one) => [one.key, one]));

/** The entry of a type of event; undefined for one that others named. */
export const systemEvent = (key: string): SystemEvent | undefined => byKey.get(key);

/** Whether events of a type are stored: as somebody switched it, else as the catalogue says. */
export const isKept = (key: string, switchedTo: boolean | undefined): boolean =>
  byKey.get(key)?.kept === undefined || (switchedTo ?? byKey.get(key)?.kept ?? true);
