import { expect, test } from 'vitest';
import type { UploadInfo } from '#shared/api/import.schema.ts';
import { type Draft, newDraft, optionsProblem, planOf } from './wizard-state.ts';

const info: UploadInfo = {
  id: 'u',
  fileName: 'people.csv',
  columns: ['email'],
  sample: [],
  kind: 'contacts',
  map: { email: 'email' },
  format: { encoding: 'utf-8', delimiter: ',', headerRow: 0, decimal: 'point', dateOrder: null, sheet: null },
  sheets: [],
  remembered: false,
  origin: null,
};
const draft = (options: Partial<Draft['options']>): Draft => {
  const fresh = newDraft(info);
  return { ...fresh, options: { ...fresh.options, ...options } };
};

test('an event of Muster’s own cannot be raised by a file; any other can, and an empty one is none', () => {
  expect(optionsProblem(draft({ event: ' muster.imported ' }))).toContain('Muster itself');
  expect(optionsProblem(draft({ event: 'welcome' }))).toBeNull();
  expect(optionsProblem(draft({ event: null }))).toBeNull();
  expect(planOf(draft({ event: ' welcome ' })).options?.event).toBe('welcome');
  expect(planOf(draft({ event: '  ' })).options?.event).toBeNull();
});
