import type { Deps, Service } from '#server/service.ts';
import type { SyncPort } from '#shared/api/ports.ts';
import { createChunkBuilder } from './chunk-builder.ts';
import { pullDocuments, pushDocuments } from './documents.ts';
import { readManifest } from './generations.ts';
import { streamHints } from './hints.ts';
import { createSequencer } from './sequencer.ts';
import { readTail } from './tail.ts';

/** Sync as the API and the server see it: answers clients, numbers changes and builds chunks in the background. */
export function createSync(deps: Deps): SyncPort & Service {
  const background = deps.config.role === 'api' ? [] : [createSequencer(deps), createChunkBuilder(deps)];
  const stopping = new AbortController();
  return {
    name: 'sync',
    pull: (_caller, input) => pullDocuments(deps.db, input),
    push: (caller, input) => pushDocuments(deps, caller.userId, input),
    manifest: () => readManifest(deps.db),
    tail: (_caller, input) => readTail(deps.db, input),
    hints: (_caller, signal) => streamHints(deps, signal ? [stopping.signal, signal] : [stopping.signal]),
    async start() {
      for (const part of background) await part.start();
    },
    async stop() {
      // Open streams would keep the HTTP server from closing.
      stopping.abort();
      for (const part of background.toReversed()) await part.stop();
    },
  };
}
