import { expect, test } from 'vitest';
import { guessMap } from './guess-map.ts';
import { findProfile } from './profiles.ts';

const guess = (header: string, fileName = 'export.csv', sample: string[][] = []) =>
  guessMap(header.split(','), { fields: new Map(), categories: [], fileName, sample });

test('an export of Mailchimp is known, and what its file says by its name', () => {
  const header = 'Email Address,First Name,Last Name,Phone Number,MEMBER_RATING,OPTIN_TIME,LEID,EUID,TAGS,UNSUB_TIME';
  expect(guess(header)).toEqual({
    kind: 'contacts',
    map: {
      email: 'Email Address',
      firstName: 'First Name',
      lastName: 'Last Name',
      phone: 'Phone Number',
      unsubscribed: 'UNSUB_TIME',
    },
    profile: expect.objectContaining({ name: 'Mailchimp', act: null }),
  });
  expect(guess(header, 'subscribed_email_audience_export_1.csv').profile?.act).toBeNull();
  expect(guess(header, 'unsubscribed_email_audience_export_1.csv').profile?.act).toBe('withdrawn');
  expect(guess(`${header},CLEAN_TIME,CLEAN_CAMPAIGN_TITLE`, 'cleaned_email_audience_export_1.csv').profile?.act).toBe(
    'bounced',
  );
});

test('exports of Brevo, Klaviyo and Yespo are known by their columns', () => {
  expect(
    guess('EMAIL,LASTNAME,FIRSTNAME,SMS,EMAIL_BLACKLISTED,SMS_BLACKLISTED,ADDED_TIME,MODIFIED_TIME'),
  ).toMatchObject({
    map: {
      email: 'EMAIL',
      lastName: 'LASTNAME',
      firstName: 'FIRSTNAME',
      phone: 'SMS',
      unsubscribed: 'EMAIL_BLACKLISTED',
    },
    profile: { name: 'Brevo' },
  });
  expect(
    guess(
      'Email,Klaviyo ID,First Name,Last Name,Phone Number,City,State / Region,Zip Code,Email Marketing Consent,Email Suppressions',
    ),
  ).toMatchObject({
    map: {
      ...{ email: 'Email', phone: 'Phone Number', region: 'State / Region', postcode: 'Zip Code', town: 'City' },
      ...{ emailStatus: 'Email Marketing Consent', unsubscribed: 'Email Suppressions' },
    },
    profile: { name: 'Klaviyo' },
  });
  expect(findProfile(['Email', 'Suppression Reason', 'Timestamp'], 'x.csv')).toMatchObject({
    name: 'Klaviyo',
    act: 'withdrawn',
  });
  expect(guess('contactId,externalCustomerId,email,sms,firstName,lastName,Email status')).toMatchObject({
    map: { externalCustomerId: 'externalCustomerId', email: 'email', phone: 'sms', emailStatus: 'Email status' },
    profile: { name: 'Yespo' },
  });
  expect(findProfile(['Email', 'Name'], 'unsubscribed.csv')).toBeNull();
});

test('where no name tells, the first values do', () => {
  const sample = [
    ['Ann', 'ann@x.org', 'Unsubscribed'],
    ['Bob', 'bob@x.org', 'active'],
  ];
  expect(guess('Column 1,Column 2,Status', 'x.csv', sample).map).toEqual({ email: 'Column 2', emailStatus: 'Status' });
  expect(guess('Who,Where,Status', 'x.csv', [['Ann', 'Kyiv', 'paid']]).map).toEqual({});
});

test('columns called like additional fields and categories become those', () => {
  const id = 'field:0000aaaa' as const;
  const field = {
    ...{
      id,
      listName: 'Personal',
      listKey: 'PERSONAL',
      key: 'SHOE_SIZE',
      label: 'Shoe size',
      type: 'integer' as const,
    },
    ...{ personal: false, required: false, readOnly: false, allowedValues: [], min: null, max: null, position: 0 },
  };
  const found = guessMap(['E-mail', 'Shoe size', 'Weekly news'], {
    ...{ fields: new Map([[id, field]]), fileName: '', sample: [] },
    categories: [{ id: 'category:weekly', key: 'weekly', name: 'Weekly news' }],
  });
  expect(found.map).toEqual({ email: 'E-mail', [id]: 'Shoe size', 'category:weekly': 'Weekly news' });
});
