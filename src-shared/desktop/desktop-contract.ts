import { z } from 'zod';

/** The typed contract between page and main process. Every payload is checked on arrival in main. */
export const desktopOperations = {
  'server.get': { input: z.void(), output: z.object({ url: z.string().nullable() }) },
  'server.set': { input: z.object({ url: z.url() }), output: z.object({ url: z.string() }) },
  'session.signIn': {
    input: z.object({ email: z.string(), password: z.string() }),
    output: z.object({ ok: z.boolean(), message: z.string().nullable() }),
  },
  'session.signOut': { input: z.void(), output: z.void() },
  'file.save': {
    input: z.object({ name: z.string().max(200), bytes: z.instanceof(Uint8Array) }),
    output: z.object({ saved: z.boolean() }),
  },
  'notification.show': { input: z.object({ title: z.string().max(200), body: z.string().max(500) }), output: z.void() },
  'external.open': { input: z.object({ url: z.url() }), output: z.void() },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
export type DesktopOperation = keyof typeof desktopOperations;

/** Commands the native menu sends to the page. */
export const desktopCommands = ['palette.open', 'settings.open', 'sync.open', 'contacts.open', 'segment.new'] as const;
export type DesktopCommand = (typeof desktopCommands)[number];

/** window.desktop, when the page runs in the desktop app. */
export type DesktopBridge = {
  platform: string;
  invoke<K extends DesktopOperation>(
    operation: K,
    input: z.input<(typeof desktopOperations)[K]['input']>,
  ): Promise<z.output<(typeof desktopOperations)[K]['output']>>;
  onCommand(listener: (command: DesktopCommand) => void): () => void;
};
