/** Money is an integer count of 1/10,000 of the currency unit; quantity an integer count of 1/1,000. */
export const MONEY_SCALE = 10_000;
export const QUANTITY_SCALE = 1_000;

const decimal = /^([+-])?(\d+)(?:\.(\d*))?$/;

/**
 * Parses a decimal text ("12.5", "-0.001") into an integer scaled by 10^digits.
 * Digits beyond the scale are rounded half away from zero. Answers null when it is not a plain decimal
 * or does not fit an exact JavaScript integer.
 */
export function parseScaled(text: string, digits: number): number | null {
  const match = decimal.exec(text.trim());
  if (!match) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  const kept = fraction.slice(0, digits).padEnd(digits, '0');
  let scaled = BigInt(whole + kept);
  if (fraction.length > digits && fraction.charCodeAt(digits) >= 53) scaled += 1n;
  if (scaled > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return Number(sign === '-' ? -scaled : scaled) + 0;
}

/** "2.55" → 25500. See {@link parseScaled} for rounding and errors. */
export const parseMoney = (text: string): number | null => parseScaled(text, 4);

/** "6" → 6000. See {@link parseScaled} for rounding and errors. */
export const parseQuantity = (text: string): number | null => parseScaled(text, 3);

/** 25500 → "2.55": at least two decimals, no more than needed. Takes bigint for sums read from the database. */
export function formatMoney(amount: number | bigint): string {
  const units = BigInt(amount);
  const size = units < 0n ? -units : units;
  const fraction = (size % 10_000n)
    .toString()
    .padStart(4, '0')
    .replace(/0{1,2}$/, '');
  return `${units < 0n ? '-' : ''}${size / 10_000n}.${fraction}`;
}
