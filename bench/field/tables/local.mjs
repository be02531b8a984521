/** Table: how long a tap on "+" holds the page up before the cart shows it, with 1, 50 and 200 lines, no server near. */
import { linesOf } from "../cart.mjs";
import { until } from "../waiting.mjs";

const [WARM, TAPS] = [50, 200];

/** Times in ms by the number of lines. */
export async function localTaps({ contender, shelves }) {
  const { createLocalDevice } = await contender.devices();
  const times = {};
  for (const count of [1, 50, 200]) {
    const device = await createLocalDevice({ shelves });
    await device.fill(linesOf(count));
    await until(device, () => device.count() === count);
    times[count] = (await taps(device, linesOf(count))).slice(WARM);
  }
  return times;
}

async function taps(device, lines) {
  const times = [];
  for (let i = 0; i < WARM + TAPS; i += 1) {
    const line = lines[i % lines.length];
    const wanted = device.quantity(line.sku) + 1;
    const began = performance.now();
    const done = device.plus(line);
    if (device.quantity(line.sku) !== wanted) await until(device, () => device.quantity(line.sku) === wanted);
    times.push(performance.now() - began);
    await done;
  }
  return times;
}
