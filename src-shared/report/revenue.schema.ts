import { z } from 'zod';

/** Money as decimal strings ("8911407.904"). orders and customers count those with at least one gross line. */
export const revenueFigures = z.object({
  gross: z.string(),
  returns: z.string(),
  net: z.string(),
  orders: z.int(),
  customers: z.int(),
});
export type RevenueFigures = z.infer<typeof revenueFigures>;

/** known: orders of known contacts; all: also those of nobody known. */
export const revenueReport = z.object({
  currency: z.string(),
  known: revenueFigures,
  all: revenueFigures,
  rows: z.array(z.object({ period: z.string(), known: revenueFigures, all: revenueFigures })),
});
export type RevenueReport = z.infer<typeof revenueReport>;

export const revenueInput = z
  .object({
    by: z.enum(['day', 'month']),
    /** Calendar dates in the workspace zone; to is inclusive. */
    from: z.iso.date().optional(),
    to: z.iso.date().optional(),
  })
  .refine(({ from, to }) => !from || !to || from <= to, { path: ['to'], message: 'to must not be before from' });
export type RevenueInput = z.infer<typeof revenueInput>;
