import { data } from '#renderer/data/client.ts';

/** The page's side of the data worker, for tests that talk to it from outside. */
Object.assign(window, { data });
