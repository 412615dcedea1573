// biome-ignore-all lint/performance/noBarrelFile: a package has one entry
export { browserPlatform } from './browser.ts';
export { createMuster, type DeviceInfo, type Muster, type Options } from './client.ts';
export type { AppVersion, LifecycleOptions } from './lifecycle.ts';
export { fromAsyncStorage, type Platform, type Storage } from './platform.ts';
export type { CartProduct, Category, Order, OrderItem, Product } from './shop-events.ts';
export type { Address, UserAttributes, UserWords } from './user.ts';
