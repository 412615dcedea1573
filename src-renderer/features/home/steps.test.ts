import { expect, test } from 'vitest';
import type { Checklist } from '#renderer/data/data-api.ts';
import { progress, steps } from './steps.ts';

const none: Checklist = {
  contactsIn: false,
  senderSet: false,
  mailToMyself: false,
  firstSegment: false,
  firstCampaign: false,
};

test('every tick of the checklist has a step', () => {
  expect(steps.map(({ key }) => key).toSorted()).toEqual(Object.keys(none).toSorted());
});

test('the next step is the first one not done, whatever came before its turn', () => {
  expect(progress(none)).toEqual({ done: 0, next: steps[0] });
  expect(progress({ ...none, contactsIn: true, firstSegment: true })).toMatchObject({
    done: 2,
    next: { key: 'senderSet' },
  });
  const all = { contactsIn: true, senderSet: true, mailToMyself: true, firstSegment: true, firstCampaign: true };
  expect(progress(all)).toEqual({ done: 5, next: null });
});
