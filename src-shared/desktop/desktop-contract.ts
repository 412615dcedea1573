import { z } from 'zod';
import { isLinkablePath } from './deep-link.ts';

/** A larger file is not carried to the page in one piece; dropping it on the import screen streams it. */
export const MAX_OPENED_BYTES = 256 * 1024 ** 2;

/** Where the data of this app comes from. */
const workspaceState = z.object({
  /** fixed = the environment decides; none = nobody has chosen yet. */
  mode: z.enum(['none', 'local', 'server', 'fixed']),
  url: z.string(),
  /** Of the local workspace's server. */
  local: z.enum(['stopped', 'starting', 'running', 'failed']),
  /** Why the last change or start failed, in words. */
  problem: z.string().nullable(),
  /** The one-time code of the local workspace's set-up; null on any other server, which never tells it. */
  setupCode: z.string().nullable(),
});
export type WorkspaceState = z.infer<typeof workspaceState>;

/**
 * The typed contract between page and main process. Every payload is checked on arrival in main. Sign-in is not part of
 * it: the page talks to its own origin, and main keeps the session token to itself.
 */
export const desktopOperations = {
  'workspace.get': { input: z.void(), output: workspaceState },
  /** Starts a server on this computer, for this computer alone; answers once it can be used, or why it cannot. */
  'workspace.useLocal': { input: z.void(), output: workspaceState },
  'workspace.useServer': { input: z.object({ url: z.url({ protocol: /^https?$/ }) }), output: workspaceState },
  'file.save': {
    input: z.object({ name: z.string().min(1).max(200), bytes: z.instanceof(Uint8Array) }),
    output: z.object({ saved: z.boolean() }),
  },
  /** The person chooses a file; the page gets its name and content, never its place. */
  'file.open': {
    input: z.object({
      kind: z.string().min(1).max(60),
      extensions: z
        .array(z.string().regex(/^[a-z0-9]{1,10}$/))
        .min(1)
        .max(10),
    }),
    output: z.discriminatedUnion('outcome', [
      z.object({ outcome: z.literal('cancelled') }),
      z.object({ outcome: z.literal('tooLarge'), name: z.string(), limit: z.number() }),
      z.object({ outcome: z.literal('opened'), name: z.string(), bytes: z.instanceof(Uint8Array) }),
    ]),
  },
  'notification.show': {
    input: z.object({
      title: z.string().min(1).max(200),
      body: z.string().max(500),
      /** The screen a click opens. */
      path: z.string().refine(isLinkablePath, 'not a screen of the app').optional(),
    }),
    output: z.object({ shown: z.boolean() }),
  },
  'external.open': { input: z.object({ url: z.url() }), output: z.object({ opened: z.boolean() }) },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type DesktopOperation = keyof typeof desktopOperations;
export type DesktopInput<K extends DesktopOperation> = z.input<(typeof desktopOperations)[K]['input']>;
export type DesktopOutput<K extends DesktopOperation> = z.output<(typeof desktopOperations)[K]['output']>;

/** Commands the native menu sends to the page. */
export const desktopCommands = [
  'palette.open',
  'settings.open',
  'sync.open',
  'sync.now',
  'home.open',
  'contacts.open',
  'segments.open',
  'segment.new',
  'import.open',
  'history.back',
  'history.forward',
  'shortcuts.open',
] as const;
export type DesktopCommand = (typeof desktopCommands)[number];

/** window.desktop, when the page runs in the desktop app. */
export type DesktopBridge = {
  platform: string;
  invoke<K extends DesktopOperation>(operation: K, input: DesktopInput<K>): Promise<DesktopOutput<K>>;
  /** Answers a function that ends it. */
  onCommand(listener: (command: DesktopCommand) => void): () => void;
  /** A screen somebody asked for from outside; one that came before anybody listened is kept. Answers a function that ends it. */
  onLink(listener: (path: string) => void): () => void;
};
