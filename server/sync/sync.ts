import type { Deps, Service } from '#server/service.ts';
import { can } from '#shared/account/roles.ts';
import type { SyncPort } from '#shared/api/ports.ts';
import { createChunkBuilder } from './chunk-builder.ts';
import { shownTo } from './document-access.ts';
import { pullDocuments, pushDocuments } from './documents.ts';
import { readManifest } from './generations.ts';
import { streamHints } from './hints.ts';
import { createSequencer } from './sequencer.ts';
import { tablesFor } from './table-access.ts';
import { readTail } from './tail.ts';

/** Sync as the API and the server see it: answers clients, numbers changes and builds chunks in the background. */
export function createSync(deps: Deps): SyncPort & Service {
  const background = deps.config.role === 'api' ? [] : [createSequencer(deps), createChunkBuilder(deps)];
  const stopping = new AbortController();
  return {
    name: 'sync',
    async pull(caller, input) {
      const page = await pullDocuments(deps.db, input);
      // What is left out was still looked at: the page's version and whether there is more stay as they are.
      return { ...page, documents: page.documents.flatMap((document) => shownTo(caller, document) ?? []) };
    },
    push: (caller, input) => pushDocuments(deps, caller, input),
    async manifest({ role }, protocol) {
      const manifest = await readManifest(deps.db);
      const seen = new Set(tablesFor(role, protocol));
      return {
        ...manifest,
        personal: can(role, 'readPersonal'),
        chunks: manifest.chunks.filter(({ table }) => seen.has(table)),
      };
    },
    tail: ({ role }, input, protocol) => readTail(deps.db, input, tablesFor(role, protocol)),
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
