/** What a contender's page does: opens its device with what the browser kept, and notes when the cart is shown as it should be. */
import { createDevice } from "contender";

const asked = new URLSearchParams(location.search);
const wanted = Number(asked.get("quantity"));
const lines = Number(asked.get("lines"));
const device = await createDevice({ url: asked.get("url"), cart: asked.get("cart"), access: asked.get("access") ?? undefined, shelf: "kept" });
const look = () => {
  if (device.count() !== lines) return;
  window.linesAt ??= performance.now();
  if (device.quantity("SKU-0") === wanted) window.shownAt ??= performance.now();
};
device.watch(look);
look();

/** One more of a line, and when that was; the other page is told beforehand what to look out for. Both in ms since epoch. */
const now = () => performance.timeOrigin + performance.now();
window.change = (line) => {
  const at = now();
  device.plus(line);
  return at;
};
window.lookOut = (sku) => {
  const before = device.quantity(sku);
  window.seenAt = new Promise((resolve) => {
    const stop = device.watch(() => {
      if (device.quantity(sku) === before) return;
      resolve(now());
      queueMicrotask(() => stop());
    });
  });
};
