import type { WorkspaceState } from '#shared/desktop/desktop-contract.ts';
import type { LocalServer } from './local-server.ts';
import { serverOrigin } from './security.ts';
import type { TokenStore } from './server-proxy.ts';
import type { openSettings } from './settings-file.ts';

const DEFAULT_SERVER = 'http://127.0.0.1:4600';

type Parts = {
  /** The server the environment names (`npm start` does); it is not to be chosen then. */
  fixed: string | null;
  settings: ReturnType<typeof openSettings>;
  tokens: Pick<TokenStore, 'set'>;
  local: LocalServer;
};

export type Workspace = {
  get(): WorkspaceState;
  useLocal(): Promise<WorkspaceState>;
  useServer(url: string): Promise<WorkspaceState>;
  /** Where requests go now; null while the local server does not answer. */
  origin(): string | null;
  /** Starts the local server when it was chosen before. */
  resume(): Promise<void>;
  /** Stops what was started. */
  close(): Promise<void>;
};

/** Where this app's data comes from: a server somewhere, or one it runs itself on this computer. */
export function createWorkspace({ fixed, settings, tokens, local }: Parts): Workspace {
  let problem: string | null = null;

  function mode(): WorkspaceState['mode'] {
    if (fixed !== null) return 'fixed';
    const { workspace, server } = settings.get();
    return workspace ?? (server === undefined ? 'none' : 'server');
  }

  const server = () => serverOrigin(settings.get().server ?? DEFAULT_SERVER) ?? DEFAULT_SERVER;

  function origin(): string | null {
    if (fixed !== null) return fixed;
    return mode() === 'local' ? local.url() : server();
  }

  function get(): WorkspaceState {
    return {
      mode: mode(),
      url: fixed ?? server(),
      local: local.state(),
      problem: problem ?? (mode() === 'local' ? local.problem() : null),
      setupCode: mode() === 'local' ? local.setupCode() : null,
    };
  }

  return {
    get,
    origin,
    async useLocal() {
      if (fixed !== null) return get();
      problem = null;
      // A token belongs to the server that gave it.
      if (mode() !== 'local') tokens.set(null);
      settings.update({ workspace: 'local' });
      await local.start();
      return get();
    },
    async useServer(url) {
      if (fixed !== null) return get();
      const next = serverOrigin(url);
      problem = next === null ? 'Use an https address; plain http only on this computer.' : null;
      if (next === null) return get();
      if (mode() !== 'server' || next !== server()) tokens.set(null);
      settings.update({ workspace: 'server', server: next });
      await local.stop();
      return get();
    },
    async resume() {
      if (mode() === 'local') await local.start();
    },
    close: () => local.stop(),
  };
}
