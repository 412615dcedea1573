import { z } from 'zod';

/**
 * The typed contract between page and main process. Every payload is checked on arrival in main. Sign-in is not part of
 * it: the page talks to its own origin, and main keeps the session token to itself.
 */
export const desktopOperations = {
  'server.get': { input: z.void(), output: z.object({ url: z.string() }) },
  'server.set': { input: z.object({ url: z.url({ protocol: /^https?$/ }) }), output: z.object({ url: z.string() }) },
  'file.save': {
    input: z.object({ name: z.string().min(1).max(200), bytes: z.instanceof(Uint8Array) }),
    output: z.object({ saved: z.boolean() }),
  },
  'notification.show': {
    input: z.object({ title: z.string().min(1).max(200), body: z.string().max(500) }),
    output: z.object({ shown: z.boolean() }),
  },
  'external.open': { input: z.object({ url: z.url() }), output: z.object({ opened: z.boolean() }) },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type DesktopOperation = keyof typeof desktopOperations;
export type DesktopInput<K extends DesktopOperation> = z.input<(typeof desktopOperations)[K]['input']>;
export type DesktopOutput<K extends DesktopOperation> = z.output<(typeof desktopOperations)[K]['output']>;

/** Commands the native menu sends to the page. */
export const desktopCommands = ['palette.open', 'settings.open', 'sync.open', 'contacts.open', 'segment.new'] as const;
export type DesktopCommand = (typeof desktopCommands)[number];

/** window.desktop, when the page runs in the desktop app. */
export type DesktopBridge = {
  platform: string;
  invoke<K extends DesktopOperation>(operation: K, input: DesktopInput<K>): Promise<DesktopOutput<K>>;
  /** Answers a function that ends it. */
  onCommand(listener: (command: DesktopCommand) => void): () => void;
};
