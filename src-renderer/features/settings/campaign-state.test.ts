import { expect, test } from 'vitest';
import type { SendingStatus } from '#shared/api/ports.ts';
import { campaignState } from './campaign-state.ts';

const ready: SendingStatus = {
  stopped: false,
  stoppedBy: null,
  smtpConfigured: true,
  publicUrl: 'https://mail.example.org',
  bulkAllowed: true,
  problem: null,
  localWorkspace: false,
};
const state = (change: Partial<SendingStatus>) => campaignState({ ...ready, ...change });

test('campaigns are called allowed only when nothing stands in their way', () => {
  expect(state({})).toEqual({ tone: 'ok', words: 'Allowed' });
  expect(state({ bulkAllowed: false }).words).toContain('passes its test');
  expect(state({ smtpConfigured: false })).toEqual({ tone: 'warn', words: 'Not possible yet: no mail server' });
  expect(state({ stopped: true, stoppedBy: 'Anna', smtpConfigured: false })).toEqual({
    tone: 'bad',
    words: 'Stopped by Anna',
  });
});
