/** What a site's set-up waits for, one after another, and which events show it. */
export const siteSteps = ['pageView', 'productView', 'cart', 'customer', 'purchase'] as const;
export type SiteStep = (typeof siteSteps)[number];

const stepOf: Readonly<Record<string, SiteStep>> = {
  PageView: 'pageView',
  MainPage: 'pageView',
  ProductPage: 'productView',
  StatusCart: 'cart',
  CustomerData: 'customer',
  PurchasedItems: 'purchase',
};

export function siteStepOf(eventName: string): SiteStep | null {
  return Object.hasOwn(stepOf, eventName) ? (stepOf[eventName] ?? null) : null;
}

/** When each was last seen, epoch ms; null = never. */
export type SiteSeen = Record<SiteStep, number | null>;
