/** How guests become a customer: by the contender's own sign-in, or as an application does where there is none. */
import { linesOf } from "./cart.mjs";

const [X] = linesOf(1);

/** All at once; resolves to those who are the customer then. */
export async function signIn(stage, guests, customer) {
  const { contender } = stage;
  if (contender.isOurs) return own(guests, ({ device }) => device.shop.signIn(contender.access(customer)));
  if (contender.isAsked) return own(guests, ({ device }) => device.signIn(customer));
  // The application opens the customer's cart, waits for it, and adds to it what the guest had.
  const customers = await Promise.all(guests.map(() => stage.enter(customer)));
  await Promise.all(customers.map(({ device }, i) => bring(device, guests[i].device)));
  return customers;
}

async function own(guests, how) {
  await Promise.all(guests.map(how));
  return guests;
}

async function bring(device, guest) {
  const brought = guest.quantity(X.sku);
  if (brought > 0) await device.plus(X, brought);
}
