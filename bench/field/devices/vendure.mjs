/** A device of a Vendure shop: each change is a mutation over HTTP, each look a question; nothing is pushed and nothing is kept. */

const ORDER = "... on Order { id code state lines { id quantity productVariant { id sku name price } } }";
const PASSWORD = "the same for every customer of the bench";

/** By the address of a shop: its variants by their sku. */
const catalogues = new Map();

export async function createDevice({ url, cart, kept }) {
  const api = createApi(url, kept);
  const known = createView();
  const refresh = async () => known.show((await api.ask(`{ activeOrder { ${ORDER} } }`)).activeOrder);
  const device = {
    ...known.device, ...changes(api, known, url), refresh, api,
    signIn: (customer) => signIn(api, customer).then(refresh),
    async signOut() {
      await api.ask("mutation { logout { success } }");
      known.show(undefined);
    },
    checkout: () => checkout(api, known),
    kept: () => api.token(),
    close: () => {},
    ready: () => undefined,
  };
  if (kept !== undefined) await refresh();
  else if (cart !== undefined) await device.signIn(cart);
  return device;
}

function changes(api, known, url) {
  const orderOrError = `${ORDER} ... on ErrorResult { errorCode message }`;
  const inputOf = async ({ sku, quantity }) => ({ productVariantId: await variantOf(api, url, sku), quantity });
  return {
    fill: async (lines) => known.show((await api.change(`addItemsToOrder(inputs: $inputs) { order { ${ORDER} } }`, "$inputs: [AddItemInput!]!", { inputs: await Promise.all(lines.map(inputOf)) })).order),
    plus: async ({ sku }, n = 1) => known.show(await api.change(`addItemToOrder(productVariantId: $id, quantity: $n) { ${orderOrError} }`, "$id: ID!, $n: Int!", { id: await variantOf(api, url, sku), n })),
    remove: async (sku) => known.show(await api.change(`removeOrderLine(orderLineId: $id) { ${orderOrError} }`, "$id: ID!", { id: known.lineId(sku) })),
  };
}

async function signIn(api, customer) {
  const emailAddress = `${customer}@shop.example`;
  await api.ask("mutation ($input: RegisterCustomerInput!) { registerCustomerAccount(input: $input) { __typename } }", { input: { emailAddress, password: PASSWORD } });
  await api.change("login(username: $name, password: $password) { __typename ... on ErrorResult { errorCode message } }", "$name: String!, $password: String!", { name: emailAddress, password: PASSWORD });
}

/** As a shop's page knows the products it shows. */
async function variantOf(api, url, sku) {
  if (!catalogues.has(url)) catalogues.set(url, variantsOf(api));
  return (await catalogues.get(url)).get(sku);
}

/** The order's way to what can be paid: from then on it takes no more lines. */
async function checkout(api, known) {
  await api.change("setOrderShippingAddress(input: $input) { __typename ... on ErrorResult { errorCode message } }", "$input: CreateAddressInput!", { input: { streetLine1: "Dorpsstraat 1", city: "Ons Dorp", countryCode: "NL" } });
  const { eligibleShippingMethods } = await api.ask("{ eligibleShippingMethods { id } }");
  await api.change("setOrderShippingMethod(shippingMethodId: $ids) { __typename ... on ErrorResult { errorCode message } }", "$ids: [ID!]!", { ids: [eligibleShippingMethods[0].id] });
  const order = await api.change(`transitionOrderToState(state: "ArrangingPayment") { ${ORDER} ... on OrderStateTransitionError { errorCode message transitionError } }`, "", {});
  known.show(order);
  return new Map(order.lines.map(({ quantity, productVariant }) => [productVariant.sku, quantity]));
}

async function variantsOf(api) {
  const { products } = await api.ask("{ products(options: { take: 100 }) { items { variants { id sku } } } }");
  return new Map(products.items.flatMap(({ variants }) => variants).map(({ id, sku }) => [sku, id]));
}

/** What the screen shows: the order as it was last answered. */
function createView() {
  const listeners = new Set();
  let lines = [];
  const find = (sku) => lines.find(({ productVariant }) => productVariant.sku === sku);
  return {
    show(order) {
      lines = order?.lines ?? [];
      for (const listener of [...listeners]) listener();
    },
    lineId: (sku) => find(sku)?.id,
    device: {
      quantity: (sku) => find(sku)?.quantity ?? 0,
      count: () => lines.length,
      watch(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
}

/** GraphQL over fetch; a lost answer is asked for again, as every shop's own client does. */
function createApi(url, kept) {
  let token = kept;
  const ask = async (query, variables) => {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const response = await again(() => fetch(`${url}/shop-api`, { method: "POST", headers, body: JSON.stringify({ query, variables }) }));
    token = response.headers.get("vendure-auth-token") ?? token;
    const { data, errors } = await response.json();
    if (errors) throw new Error(errors[0].message);
    return data;
  };
  return {
    ask, token: () => token,
    async change(field, declared, variables) {
      const [result] = Object.values(await ask(`mutation${declared && ` (${declared})`} { ${field} }`, variables));
      if (result.errorCode !== undefined) throw Object.assign(new Error(result.message), { code: result.errorCode });
      return result;
    },
  };
}

async function again(send) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      if (tries === 9) throw error;
    }
  }
}
