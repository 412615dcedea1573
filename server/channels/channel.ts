import type { OpenFailure, Outcome } from './email/outcome.ts';

export type LaneMessage = {
  from: string;
  to: string;
  body: Buffer;
  /** Asked when the provider is ready to take the message and has none of it yet; false = keep it. */
  gate: () => Promise<boolean>;
};

/** One sequential way to a provider: at most one message is open on it at any time. */
export interface Lane {
  /** Makes the lane ready; null = it is. */
  open(): Promise<OpenFailure | null>;
  /** Never throws: whatever happens is an outcome. */
  send(message: LaneMessage): Promise<Outcome>;
  isOpen(): boolean;
  /** Says goodbye. */
  quit(): void;
  close(): void;
}

/** What differs between channels, and nothing else. */
export interface Channel {
  readonly name: string;
  /** How many messages may be open at the same time. */
  readonly lanes: number;
  readonly rate: { limit: number; perMs: number } | null;
  createLane(): Lane;
}
