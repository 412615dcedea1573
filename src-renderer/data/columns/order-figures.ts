import type { TablePart } from '#shared/columns/view.ts';
import { codeOf, counts, numbersOf, textsOf, valueAt } from './access.ts';

/**
 * Figures of each contact's orders, by contact id. An order counts when it has at least one gross line (a cancelled invoice
 * is none); revenue is gross − returns of every order in the workspace's currency.
 */
export type OrderFigures = { orderCount: Uint32Array; revenue: Float64Array; lastOrderAt: Float64Array };

export function orderFigures(parts: readonly TablePart[], limit: number, currency: string): OrderFigures {
  const orderCount = new Uint32Array(limit);
  const revenue = new Float64Array(limit);
  const lastOrderAt = new Float64Array(limit).fill(Number.NaN);
  for (const part of parts) {
    const contact = numbersOf(part, 'contactId');
    const at = numbersOf(part, 'at');
    const gross = numbersOf(part, 'gross');
    const returns = numbersOf(part, 'returns');
    const grossLines = numbersOf(part, 'grossLines');
    const currencies = textsOf(part, 'currency');
    const wanted = codeOf(currencies, currency);
    for (let row = 0; row < part.rows; row++) {
      if (!counts(part, row)) continue;
      const id = valueAt(contact, row);
      if (!(id > 0 && id < limit)) continue;
      if (currencies.codes[row] === wanted && wanted !== 0) {
        revenue[id] = (revenue[id] ?? 0) + valueAt(gross, row) - valueAt(returns, row);
      }
      if (!(valueAt(grossLines, row) > 0)) continue;
      orderCount[id] = (orderCount[id] ?? 0) + 1;
      const time = valueAt(at, row);
      const last = lastOrderAt[id] ?? Number.NaN;
      if (!(last >= time)) lastOrderAt[id] = time;
    }
  }
  return { orderCount, revenue, lastOrderAt };
}
