/** What the demo shop sells: everything for a good cup and a slow evening. Prices in 1/10,000. */
export type DemoProduct = { id: string; name: string; category: string; price: number; weight: number };

const catalogue: readonly [category: string, products: readonly [name: string, price: number][]][] = [
  [
    'Coffee',
    [
      ['House Espresso, 250 g', 7.9],
      ['House Espresso, 1 kg', 26.5],
      ['Ethiopia Yirgacheffe, 250 g', 9.8],
      ['Colombia Huila, 250 g', 8.9],
      ['Decaf Evening Blend, 250 g', 8.5],
      ['Filter Sampler, 4 × 100 g', 14.9],
    ],
  ],
  [
    'Tea',
    [
      ['Earl Grey Loose Leaf, 100 g', 6.4],
      ['Carpathian Herb Tea, 80 g', 5.9],
      ['Sencha, 100 g', 8.2],
      ['Masala Chai, 150 g', 6.9],
      ['Rooibos Orange, 100 g', 5.6],
    ],
  ],
  [
    'Brewing',
    [
      ['Pour-over Dripper, white', 18.0],
      ['Paper Filters, 100 pcs', 4.2],
      ['French Press, 0.8 l', 32.0],
      ['Hand Grinder', 64.0],
      ['Gooseneck Kettle', 79.0],
      ['Moka Pot, 3 cups', 29.5],
      ['Milk Frother', 22.0],
    ],
  ],
  [
    'Ceramics',
    [
      ['Stoneware Mug, sand', 14.0],
      ['Stoneware Mug, moss', 14.0],
      ['Espresso Cups, set of 2', 19.5],
      ['Opishnia Jug, 1 l', 38.0],
      ['Breakfast Bowl', 16.5],
      ['Cake Plate, 28 cm', 34.0],
    ],
  ],
  [
    'Home',
    [
      ['Linen Tea Towel', 11.0],
      ['Beeswax Candle', 9.5],
      ['Wool Throw, grey', 58.0],
      ['Cedar Coasters, set of 4', 15.0],
      ['Enamel Storage Tin', 12.5],
    ],
  ],
  [
    'Sweets',
    [
      ['Dark Chocolate 70 %, 100 g', 4.8],
      ['Lviv Chocolate Box, 12 pcs', 16.0],
      ['Honey Cake, 450 g', 13.9],
      ['Almond Biscotti, 200 g', 6.2],
      ['Salted Caramels, 150 g', 7.4],
    ],
  ],
  [
    'Gifts',
    [
      ['Gift Card 25', 25.0],
      ['Tasting Box “Slow Morning”', 42.0],
      ['Tasting Box “Long Evening”', 46.0],
      ['Coffee Subscription, 3 months', 54.0],
    ],
  ],
];

export const demoProducts: readonly DemoProduct[] = catalogue.flatMap(([category, products], group) =>
  products.map(([name, price], at) => ({
    id: `DM-${group + 1}${String(at + 1).padStart(2, '0')}`,
    name,
    category,
    price: Math.round(price * 10_000),
    // Cheap things sell more often.
    weight: 1 / Math.sqrt(price),
  })),
);
