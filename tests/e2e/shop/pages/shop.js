// What a shop's own developer writes: the shop itself, and one line of tracking where something happens.
const goods = {
  mug: { name: 'Blue mug', price: 12.5 },
  bowl: { name: 'White bowl', price: 18 },
};
const at = (id) => document.getElementById(id);
const readCart = () => JSON.parse(localStorage.getItem('cart') || '{}');
const say = (words) => {
  at('note').textContent = words;
};

function tellCart(cart) {
  const Products = Object.entries(cart).map(([key, quantity]) => ({
    productKey: key,
    price: goods[key].price,
    quantity,
    price_currency_code: 'GBP',
  }));
  eS('sendEvent', 'StatusCart', { StatusCart: { GUID: 'cart-1', Products } });
  return Products;
}

const pages = {
  '/'() {
    eS('sendEvent', 'MainPage');
    at('search').addEventListener('submit', (event) => {
      event.preventDefault();
      eS('sendEvent', 'SearchRequest', { search: new FormData(event.target).get('search'), isFound: 1 });
    });
  },
  '/product'() {
    const key = new URLSearchParams(location.search).get('id');
    const { name, price } = goods[key];
    at('name').textContent = name;
    at('price').textContent = `£${price}`;
    document.title = `${name} · Willow & Co`;
    eS('sendEvent', 'ProductPage', { ProductPage: { productKey: key, price, isInStock: 1, tag_material: ['clay'] } });
    at('add').addEventListener('click', () => {
      const cart = readCart();
      cart[key] = (cart[key] || 0) + 1;
      localStorage.setItem('cart', JSON.stringify(cart));
      tellCart(cart);
      say('It is in your cart.');
    });
    at('wish').addEventListener('click', () =>
      eS('sendEvent', 'AddToWishlist', { productKey: key, price, isInStock: 1 }),
    );
  },
  '/cart'() {
    eS('sendEvent', 'StatusCartPage');
    const cart = readCart();
    at('items').innerHTML = Object.entries(cart)
      .map(([key, quantity]) => `<li>${quantity} × ${goods[key].name}</li>`)
      .join('');
    at('buy').addEventListener('click', () => {
      const Products = tellCart(cart);
      eS('sendEvent', 'PurchasedItems', {
        PurchasedItems: { TrackedOrderId: 'cart-1', OrderNumber: 'W-1001', Products },
      });
      localStorage.removeItem('cart');
      say('Thank you. Your order is W-1001.');
    });
  },
  '/account'() {
    at('sign-in').addEventListener('submit', (event) => {
      event.preventDefault();
      const { name, email } = Object.fromEntries(new FormData(event.target));
      eS('sendEvent', 'CustomerData', {
        CustomerData: { externalCustomerId: 'SHOP-77', user_email: email, user_name: name },
      });
      say(`Welcome, ${name}.`);
    });
  },
  '/single'() {
    for (const button of document.querySelectorAll('[data-look]')) {
      button.addEventListener('click', () => {
        const { look } = button.dataset;
        history.pushState({}, '', `/single?look=${look}`);
        document.title = `${button.textContent} · Willow & Co`;
        at('look').textContent = button.textContent;
      });
    }
  },
};
pages[location.pathname]?.();
