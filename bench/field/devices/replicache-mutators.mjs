/** What a shopper can do in the Replicache contender, said once for the device and once more by the server in its own order. */

/** Each step asks the store something and is given the answer; the device waits for it, the server need not. */
function mutator(steps) {
  const run = async (tx, args) => {
    const going = steps(args);
    let step = going.next();
    while (!step.done) step = going.next(await tx[step.value[0]](...step.value.slice(1)));
  };
  return Object.assign(run, { steps });
}

export const mutators = {
  fill: mutator(function* (lines) {
    for (const { sku, ...rest } of lines) yield ["set", `line/${sku}`, rest];
  }),
  plus: mutator(function* ({ sku, n, title, price }) {
    const line = (yield ["get", `line/${sku}`]) ?? { title, price, quantity: 0 };
    yield ["set", `line/${sku}`, { ...line, quantity: line.quantity + n }];
  }),
  remove: mutator(function* ({ sku }) {
    yield ["del", `line/${sku}`];
  }),
  decide: mutator(function* ({ isAllowed }) {
    yield ["set", "consent/analytics", isAllowed];
  }),
};
