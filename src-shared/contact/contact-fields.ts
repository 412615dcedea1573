/**
 * The contact's fields, defined once: storage column, type, who may see it, whether a person may edit it.
 * Columns, grid, card, rule language, imports and the API derive from this table.
 */
export type FieldType = 'text' | 'choice' | 'instant' | 'integer' | 'money';

export type ContactFieldSpec = {
  label: string;
  type: FieldType;
  /** Personal fields travel in a column group of their own. */
  personal: boolean;
  editable: boolean;
  /** Column of table contact; text columns have a folded twin with suffix _fold. */
  column: string;
};

const text = (label: string, column: string, personal = true, editable = true): ContactFieldSpec => ({
  label,
  type: 'text',
  personal,
  editable,
  column,
});

export const contactFields = {
  externalCustomerId: text('External ID', 'external_customer_id', true, false),
  email: text('Email', 'email'),
  phone: text('Phone', 'phone'),
  firstName: text('First name', 'first_name'),
  lastName: text('Last name', 'last_name'),
  country: { label: 'Country', type: 'choice', personal: false, editable: true, column: 'country' },
  region: text('Region', 'region'),
  town: text('Town', 'town'),
  address: text('Address', 'address'),
  postcode: text('Postcode', 'postcode'),
  languageCode: { label: 'Language', type: 'choice', personal: false, editable: true, column: 'language_code' },
  timeZone: { label: 'Time zone', type: 'choice', personal: false, editable: true, column: 'time_zone' },
  source: { label: 'Source', type: 'choice', personal: false, editable: false, column: 'source' },
  emailStatus: { label: 'Email status', type: 'choice', personal: false, editable: false, column: 'email_status' },
  createdAt: { label: 'Created', type: 'instant', personal: false, editable: false, column: 'created_at' },
} as const satisfies Record<string, ContactFieldSpec>;

export type ContactField = keyof typeof contactFields;
export const contactFieldKeys = Object.keys(contactFields) as ContactField[];

/** Fields a writer outside (API, import, event) may fill. */
export const writableContactFields = [
  'externalCustomerId',
  'email',
  'phone',
  'firstName',
  'lastName',
  'country',
  'region',
  'town',
  'address',
  'postcode',
  'languageCode',
  'timeZone',
] as const satisfies readonly ContactField[];
export type WritableContactField = (typeof writableContactFields)[number];

/** Whether mail may go to the primary address; `none` when there is no address. */
export const emailStatuses = ['subscribed', 'unconfirmed', 'unsubscribed', 'bounced', 'complained', 'none'] as const;
export type EmailStatus = (typeof emailStatuses)[number];

/** Figures derived from a contact's orders; columns of the grid, never stored on the contact. */
export const contactMeasures = {
  orderCount: { label: 'Orders', type: 'integer' },
  revenue: { label: 'Revenue', type: 'money' },
  lastOrderAt: { label: 'Last order', type: 'instant' },
} as const satisfies Record<string, { label: string; type: FieldType }>;
export type ContactMeasure = keyof typeof contactMeasures;
