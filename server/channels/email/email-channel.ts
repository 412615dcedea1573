import type { Channel } from '../channel.ts';
import { createSmtpLane } from './smtp-lane.ts';
import type { SmtpSettings } from './smtp-settings.ts';

export function createEmailChannel(settings: SmtpSettings): Channel {
  return {
    name: 'email',
    lanes: settings.maxConnections,
    rate: settings.rate,
    createLane: () => createSmtpLane(settings),
  };
}
