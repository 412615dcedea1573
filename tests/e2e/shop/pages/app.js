// What the developer of an app writes; in React Native only the platform is another one.
const { url, accessKey } = window.MUSTER_APP;
const { browserPlatform, createMuster } = await import(`${url}/sdk/mobile.js`);
const muster = createMuster({
  ...{ url, accessKey, app: { version: '2.1.0', build: '210' }, device: { osType: 'ANDROID', category: 'MOBILE' } },
  platform: browserPlatform(),
});

const prices = { mug: 12.5, bowl: 18 };
const at = (id) => document.getElementById(id);
let looked = 'mug';

for (const button of document.querySelectorAll('[data-look]')) {
  button.addEventListener('click', () => {
    looked = button.dataset.look;
    const product = { productId: looked, price: prices[looked], isInStock: true, attributes: { material: ['clay'] } };
    muster.shop.productViewed(product, 'GBP');
  });
}
at('add').addEventListener('click', () => {
  muster.shop.cartUpdated('cart-2', [{ productId: looked, quantity: 1, price: prices[looked] }], 'GBP');
});
at('sign-in').addEventListener('click', () => {
  muster.setUser({ externalUserId: 'SHOP-77', email: 'ann@example.com', languageCode: 'en' });
});
at('buy').addEventListener('click', () => {
  const items = [{ externalItemId: looked, name: looked, category: 'Tableware', quantity: 1, cost: prices[looked] }];
  const order = {
    externalOrderId: 'A-2001',
    totalCost: prices[looked],
    status: 'INITIALIZED',
    date: new Date().toISOString(),
  };
  muster.shop.orderCreated({ ...order, cartId: 'cart-2', items }, 'GBP');
});
at('sign-out').addEventListener('click', () => muster.signOut());

setInterval(async () => {
  at('waiting').textContent = (await muster.status()).waiting;
}, 100);
