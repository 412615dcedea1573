/** Builds main, preload and page when a source is newer than what lies in out/. */
export function ensureBuilt(say: (line: string) => void): Promise<boolean>;
