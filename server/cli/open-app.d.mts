type Env = Record<string, string | undefined>;

export type Plan =
  | { kind: 'tell'; line: string; command?: undefined }
  | { kind: 'desktop' | 'browser'; line: string; command: string[] };

export function electronBinary(env: Env, packageFolder?: string): string | null;
export function plan(env: Env, url: string, packageFolder?: string, host?: { platform: string; root: boolean }): Plan;
export function openApp(url: string, say: (line: string) => void, env?: Env): () => void;
