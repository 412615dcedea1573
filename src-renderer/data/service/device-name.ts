const browsers: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

const find = (table: readonly (readonly [RegExp, string])[], text: string, otherwise: string) =>
  table.find(([pattern]) => pattern.test(text))?.[1] ?? otherwise;

/** What people call this device in a list: “Chrome on Windows”, “Muster app on macOS”. */
export function deviceName(userAgent: string, desktop: boolean): string {
  const program = desktop ? 'Muster app' : find(browsers, userAgent, 'A browser');
  return `${program} on ${find(systems, userAgent, 'an unknown system')}`;
}
