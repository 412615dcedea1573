import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseMoney, parseQuantity } from '#shared/kernel/money.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{0,${max}}$`));
/** Decimal texts with more digits than are kept, around the halves in particular. */
const decimalText = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.integer({ min: 0, max: 9_999_999 }),
    fc.oneof(digits(8), fc.constantFrom('00005', '0005', '49995', '9995', '5')),
  )
  .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`);

function roundedAwayFromZero(dividend: bigint, divisor: bigint): bigint {
  const size = dividend < 0n ? -dividend : dividend;
  const rounded = (2n * size + divisor) / (2n * divisor);
  return dividend < 0n ? -rounded : rounded;
}

test('amounts and quantities are read alike by JavaScript and by PostgreSQL’s numeric, and lines multiply alike', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(decimalText, decimalText), { minLength: 200, maxLength: 400 }),
      async (pairs) => {
        const rows = await database.db.query<{ quantity: string; price: string; amount: string; returned: string }>(
          `select (round(q::numeric, 3) * 1000)::bigint::text as quantity, (round(p::numeric, 4) * 10000)::bigint::text as price,
                order_line_amount((round(q::numeric, 3) * 1000)::bigint, (round(p::numeric, 4) * 10000)::bigint)::text as amount,
                order_line_returned((round(q::numeric, 3) * 1000)::bigint, (round(p::numeric, 4) * 10000)::bigint)::text as returned
           from unnest($1::text[], $2::text[]) with ordinality as r (q, p, n) order by n`,
          [pairs.map(([quantity]) => quantity), pairs.map(([, price]) => price)],
        );
        for (const [at, [quantityText, priceText]] of pairs.entries()) {
          const quantity = BigInt(parseQuantity(quantityText) ?? Number.NaN);
          const price = BigInt(parseMoney(priceText) ?? Number.NaN);
          const amount = roundedAwayFromZero(quantity * price, 1000n);
          expect(rows[at]).toEqual({
            quantity: String(quantity),
            price: String(price),
            amount: String(amount),
            returned: String(price > 0n ? (amount < 0n ? -amount : amount) : 0n),
          });
        }
      },
    ),
    { numRuns: 15 },
  );
});

test.each([
  // quantity, price, credit, status → gross, return
  [1, 1, false, 'DELIVERED', true, false],
  [1, 1, false, 'IN_PROGRESS', true, false],
  [1, 1, false, 'CANCELLED', false, false],
  [1, 1, false, 'ABANDONED_SHOPPING_CART', false, false],
  [1, 0, false, 'DELIVERED', false, false],
  [1, -1, false, 'DELIVERED', false, false],
  [0, 1, false, 'DELIVERED', false, false],
  [-1, 1, false, 'DELIVERED', false, true],
  [-1, 1, false, 'CANCELLED', false, true],
  [-1, 1, true, 'CANCELLED', false, true],
  [1, 1, true, 'CANCELLED', false, true],
  [1, 1, true, 'DELIVERED', false, true],
])(
  'quantity %i at %i (credit %s, %s) is gross %s, return %s',
  async (quantity, price, credit, status, gross, isReturn) => {
    expect(
      await database.db.query(
        'select order_line_is_gross($1, $2, $3, $4) as gross, order_line_is_return($1, $3) as return',
        [quantity, price, credit, status],
      ),
    ).toEqual([{ gross, return: isReturn }]);
  },
);
