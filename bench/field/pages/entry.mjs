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
