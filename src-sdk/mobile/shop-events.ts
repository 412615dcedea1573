/** What people do in a shop, in the form the original SDK gives it: parameters are texts, objects are texts of JSON. Pure. */
import type { Json } from './queue.ts';

type Attributes = { readonly [name: string]: readonly string[] };

export type Product = { productId: string; price: number; isInStock: boolean; attributes?: Attributes };
export type Category = { productCategoryId: string; attributes?: Attributes };
export type CartProduct = {
  productId: string;
  quantity: number;
  price: number;
  discount?: number;
  name?: string;
  category?: string;
  attributes?: Attributes;
};
export type OrderItem = {
  externalItemId: string;
  name: string;
  category: string;
  quantity: number;
  cost: number;
  url?: string;
  imageUrl?: string;
  description?: string;
};
export type Order = {
  externalOrderId: string;
  totalCost: number;
  status: 'INITIALIZED' | 'IN_PROGRESS' | 'DELIVERED' | 'CANCELLED';
  /** ISO 8601. */
  date: string;
  externalCustomerId?: string;
  cartId?: string;
  email?: string;
  phone?: string;
  firstName?: string;
  lastName?: string;
  shipping?: number;
  discount?: number;
  taxes?: number;
  restoreUrl?: string;
  statusDescription?: string;
  storeId?: string;
  source?: string;
  deliveryMethod?: string;
  paymentMethod?: string;
  deliveryAddress?: string;
  items?: readonly OrderItem[];
  /** Whatever else the order is to be told with. */
  attributes?: { readonly [name: string]: string };
};

export type ShopEvent = { type: string; params: { readonly [name: string]: string } };

function event(type: string, given: { readonly [name: string]: Json | undefined }): ShopEvent {
  const params: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) params[name] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return { type, params };
}

const given = (members: { readonly [name: string]: Json | undefined }): Json =>
  Object.fromEntries(Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

const productOf = ({ isInStock, ...product }: Product): Json => given({ ...product, isInStock: isInStock ? 1 : 0 });

function order(type: string, { attributes = {}, ...known }: Order, currencyCode?: string): ShopEvent {
  const items = known.items?.map((item) => given(item));
  // What the shop adds by itself replaces nothing that the order says.
  return event(type, { ...attributes, ...known, items, currencyCode });
}

export const shopEvents = {
  productViewed: (product: Product, currencyCode?: string) =>
    event('productViewed', { product: productOf(product), currencyCode }),
  categoryViewed: (category: Category) => event('productCategoryViewed', { category: given(category) }),
  addedToWishlist: (product: Product, currencyCode?: string) =>
    event('productAddedToWishlist', { product: productOf(product), currencyCode }),
  /** The whole cart every time; no products when it was emptied. */
  cartUpdated: (cartId: string, products: readonly CartProduct[], currencyCode?: string) =>
    event('cartUpdated', { cartId, products: products.map((product) => given(product)), currencyCode }),
  orderCreated: (made: Order, currencyCode?: string) => order('orderCreated', made, currencyCode),
  orderUpdated: (made: Order, currencyCode?: string) => order('orderUpdated', made, currencyCode),
  orderDelivered: (externalOrderId: string) => event('orderDelivered', { externalOrderId }),
  orderCancelled: (externalOrderId: string) => event('orderCancelled', { externalOrderId }),
  searched: (search: string, isFound: boolean) => event('searchRequest', { search, isFound: isFound ? 1 : 0 }),
};
