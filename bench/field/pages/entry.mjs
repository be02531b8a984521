/** What a contender's page does: opens its device with what the browser kept, notes when the cart is shown as it should be, and can be asked for a change. */
import { createDevice } from "contender";
import { until } from "../waiting.mjs";

const asked = new URLSearchParams(location.search);
const wanted = Number(asked.get("quantity"));
const lines = Number(asked.get("lines"));
const device = await createDevice({ url: asked.get("url"), cart: asked.get("cart"), access: asked.get("access") ?? undefined, shelf: "kept" });
const look = () => {
  if (device.count() === lines && device.quantity("SKU-0") === wanted) window.shownAt ??= performance.now();
};
device.watch(look);
look();

const now = () => performance.timeOrigin + performance.now();

/** One more of a line; returns when that was, in ms since epoch. */
window.change = (line) => {
  const at = now();
  device.plus(line);
  return at;
};

/** `seenAt` will be when this line was seen to change, in ms since epoch. */
window.lookOut = (sku) => {
  const before = device.quantity(sku);
  window.seenAt = until(device, () => device.quantity(sku) !== before).then(now);
};
