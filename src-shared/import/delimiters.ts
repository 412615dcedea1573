/** What separates the cells of a text file. */

export const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

export const delimiterLabels: Readonly<Record<Delimiter, string>> = {
  ',': 'Comma',
  ';': 'Semicolon',
  '\t': 'Tab',
  '|': 'Vertical bar',
};

const RECORDS = 60;

/** How many cells each of the first records has. Quoted delimiters and line ends do not count. */
function widths(start: string, delimiter: Delimiter): number[] {
  const found: number[] = [];
  let width = 1;
  let quoted = false;
  let isEmpty = true;
  for (let at = 0; at < start.length && found.length < RECORDS; at++) {
    const char = start[at];
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === delimiter) width += 1;
    else if (!quoted && (char === '\n' || char === '\r')) {
      if (!isEmpty) found.push(width);
      width = 1;
      isEmpty = true;
      continue;
    }
    isEmpty = false;
  }
  // A record that the end of the sample cuts off says nothing, unless it is the only one.
  if (found.length === 0 && !isEmpty) found.push(width);
  return found;
}

const commonest = (numbers: readonly number[]): number => {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 1;
};

/** Records of one width speak for a delimiter, and most of all that the first line, which names the columns, has it too. */
function score(start: string, delimiter: Delimiter): number {
  const found = widths(start, delimiter);
  const width = commonest(found);
  if (width === 1 && (found[0] ?? 1) === 1) return 0;
  const alike = found.filter((one) => one === width).length / found.length;
  const first = found[0] ?? 1;
  return alike + (first > 1 ? 0.4 : 0) + (first === width ? 0.5 : 0) + Math.min(width, 50) / 1000;
}

/** "sep=;" is how Excel says it, in a line of its own. */
export function saidDelimiter(start: string): Delimiter | null {
  const [, said] = /^\uFEFF?sep=(.)\r?\n/i.exec(start) ?? [];
  return delimiters.find((one) => one === said) ?? null;
}

/** The delimiter of a file by its first part; a comma where there is only one column. */
export function detectDelimiter(start: string): Delimiter {
  const said = saidDelimiter(start);
  if (said) return said;
  let best: Delimiter = ',';
  let most = 0;
  for (const delimiter of delimiters) {
    const points = score(start, delimiter);
    if (points <= most) continue;
    most = points;
    best = delimiter;
  }
  return best;
}
