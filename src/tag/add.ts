/** `data-carryover-add="SKU-1"` on a button: a cart without a line of JavaScript. */
import type { Client } from "../browser/client.js";

/** `data-carryover-option-maat="42"` names an option. */
const OPTION = "carryoverOption";

/**
 * Adds on click, also for buttons that come later. `data-carryover-quantity` says how many, `data-carryover-details`
 * holds JSON. Navigation goes on: the line is kept before the page can go.
 */
export function addOnClick(client: Client, report: (work: () => void) => void): void {
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>("[data-carryover-add]") : null;
    if (button === null || button.matches(":disabled")) return;
    report(() => {
      const { carryoverAdd = "", carryoverQuantity = "1", carryoverDetails } = button.dataset;
      const details = carryoverDetails === undefined ? {} : { details: JSON.parse(carryoverDetails) as Record<string, unknown> };
      client.cart.add(carryoverAdd, Number(carryoverQuantity), { options: optionsOf(button), ...details });
    });
  });
}

function optionsOf({ dataset }: HTMLElement): Record<string, string> {
  const chosen = Object.entries(dataset).filter(([name]) => name.startsWith(OPTION) && name !== OPTION);
  return Object.fromEntries(chosen.map(([name, value = ""]) => [name.slice(OPTION.length).toLowerCase(), value]));
}
