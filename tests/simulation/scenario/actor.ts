import type { DataApi } from '#renderer/data/data-api.ts';

/** A device as people use it: one of the simulation, or a page in a real browser. */
export type Actor = {
  readonly name: string;
  readonly userId: string;
  readonly api: Omit<DataApi, 'observe'>;
  now(): number;
  readonly disk: {
    /** The ids under which the server knows this device. */
    deviceIds(): string[];
  };
};
