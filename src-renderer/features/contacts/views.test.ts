import { expect, test } from 'vitest';
import type { View } from '#shared/contact/view.schema.ts';
import type { Leaf } from '#shared/segment/segment.schema.ts';
import { plainly, useListState } from './list-state.ts';
import { asView, isChanged, listAddress, narrowingOfView } from './views.ts';

const germany: Leaf = { type: 'text', field: 'country', op: 'is', values: ['DE'] };
const view: View = {
  ...{ name: 'Germany', search: '', filters: [germany], segmentId: null, sort: { key: 'revenue', descending: true } },
  ...{ order: ['email'], hidden: [], widths: {}, shared: true, owner: 'u1', createdAt: 1 },
};
const saved = narrowingOfView(view);

test('what is shown as it was saved is unchanged; a filter, an order or a segment more is a change', () => {
  expect(isChanged(view, { narrowing: saved, segmentId: null })).toBe(false);
  expect(isChanged(view, { narrowing: { ...saved, leaves: [] }, segmentId: null })).toBe(true);
  expect(isChanged(view, { narrowing: { ...saved, sort: plainly.sort }, segmentId: null })).toBe(true);
  expect(isChanged(view, { narrowing: saved, segmentId: 's1' })).toBe(true);
  const layout = { order: ['email'], hidden: [], widths: {} };
  expect({ ...view, ...asView({ narrowing: saved, segmentId: null, layout }) }).toEqual(view);
});

test('a view sorted by a column that is gone is sorted as the list is', () => {
  expect(narrowingOfView({ ...view, sort: { key: 'shoeSize', descending: false } }).sort).toEqual(plainly.sort);
});

test('a view that is left is found again as it was, and goes back to what is saved', () => {
  const { open, reset, addFilter } = useListState.getState();
  open('v1', saved);
  addFilter(germany);
  open('', plainly);
  expect(useListState.getState().filters).toEqual([]);
  open('v1', saved);
  expect(useListState.getState().filters.map(({ leaf }) => leaf)).toEqual([germany, germany]);
  reset(saved);
  expect(useListState.getState()).toMatchObject({ view: 'v1', sort: saved.sort, filters: [{ leaf: germany }] });
  const keys = useListState.getState().filters.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});

test('what is kept as a new view is open as that view; where it was narrowed is as before', () => {
  const { open, keptAs, addFilter } = useListState.getState();
  open('', plainly);
  addFilter(germany);
  keptAs('v2');
  expect(useListState.getState()).toMatchObject({ view: 'v2', filters: [{ leaf: germany }] });
  open('', plainly);
  expect(useListState.getState().filters).toEqual([]);
});

test('the list’s address names the view, the segment and the contact', () => {
  expect(listAddress({ view: null, segment: null })).toBe('/contacts');
  expect(listAddress({ view: 'v 1', segment: 's' }, 7)).toBe('/contacts/7?view=v+1&segment=s');
});
