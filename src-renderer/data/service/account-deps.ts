import type { Platform } from '#renderer/data/platform.ts';
import type { Forgetting } from '#renderer/data/store/keyring.ts';
import type { ChangeHub } from './change-hub.ts';

/** What an open account is given, and whom it tells of what only its session can do. */
export type AccountDeps = {
  platform: Platform;
  hub: ChangeHub;
  /** The stream is up: somebody may have signed in as someone else, or renamed the workspace. */
  onConnected: () => void;
  /** This account has to be opened anew: the server was restored, or another role sees more. */
  onStartOver: (restored: boolean) => void;
  /** Something has to go from this device for good. */
  onForget: (what: Forgetting, erasedTo: number) => void;
  /** The session ended: perhaps this device was signed out from afar. */
  onSessionEnded: () => Promise<void>;
  onLeaseExpired: () => void;
};

/** How to begin anew: after a restore of the server, and whether chunks are fetched again, too. */
export type StartOver = { restored: boolean; chunks?: boolean };
