/** Tells a history step by step, for who wants to see how it went wrong: what every screen shows, and what the logs hold. */
import type { Step } from "./history.js";
import type { World } from "./world.js";

/** Writes down how things stand after a step. */
export function tell({ time, browsers, witness }: World, step: Step): void {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  say(`${JSON.stringify(step)} at ${new Date(time.now()).toISOString()}`);
  for (const { name, device, storage, tabs, leader } of browsers) {
    say(`  ${name} is ${device ?? "nobody"} and keeps ${storage.names.join(" ")}`);
    for (const tab of tabs) {
      const { cart, sync } = tab.shop.state;
      const lines = cart.lines.map(({ line, quantity }) => `${quantity} × ${line}`).join(", ");
      say(`    ${tab === leader ? "leading, " : ""}${tab.state}, ${sync.state}, told ${tab.told?.log}.${tab.told?.seq}: ${lines} ${tab.problems.join(" ")}`);
    }
  }
  for (const [log, entries] of witness.logs) say(`  ${log}: ${entries.map(({ id, type, base }) => `${id.slice(0, 4)} ${type} after ${base}`).join(", ")}`);
}
