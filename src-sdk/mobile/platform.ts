/** What the SDK needs of the place it runs in: React Native, a browser, or a test. It uses nothing else of it. */

/** Texts by key, which outlive the app; each call alone is done as a whole or not at all. */
export type Storage = {
  keys(): Promise<readonly string[]>;
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
};

export type PostRequest = { method: 'POST'; headers: Record<string, string>; body: string };

export type Platform = {
  storage: Storage;
  fetch(url: string, request: PostRequest): Promise<{ status: number }>;
  /** Epoch ms. */
  now(): number;
  /** A random UUID. */
  newId(): string;
  /** Calls back once after so many ms; the answer gives that up. */
  after(ms: number, work: () => void): () => void;
  /** Whether there is a network. Without it every attempt is made. */
  network?: { isOnline(): boolean; onChange(listener: (isOnline: boolean) => void): () => void };
  /** Whether the app is in front. Without it the app is in front from its start. */
  app?: { isActive(): boolean; onChange(listener: (isActive: boolean) => void): () => void };
  /** Told of what went wrong and was survived. Nothing is thrown at the app. */
  log?(message: string, cause?: unknown): void;
};

type AsyncStorage = {
  getAllKeys(): Promise<readonly string[]>;
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
};

/** `@react-native-async-storage/async-storage`, or what has its methods. */
export const fromAsyncStorage = (native: AsyncStorage): Storage => ({
  keys: () => native.getAllKeys(),
  get: (key) => native.getItem(key),
  set: (key, value) => native.setItem(key, value),
  remove: (key) => native.removeItem(key),
});
