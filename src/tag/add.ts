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
    const button = target instanceof Element && target.closest<HTMLElement>("[data-carryover-add]");
    if (!button || button.matches(":disabled")) return;
    report(() => client.cart.add(button.dataset.carryoverAdd as string, Number(button.dataset.carryoverQuantity ?? 1), moreOf(button)));
  });
}

/** What a button says of its product. Throws where the details are no JSON. */
export function moreOf(button: HTMLElement): NonNullable<Parameters<Client["cart"]["add"]>[2]> {
  const { carryoverDetails } = button.dataset;
  return { options: optionsOf(button), ...(carryoverDetails !== undefined && { details: JSON.parse(carryoverDetails) as Record<string, unknown> }) };
}

function optionsOf({ dataset }: HTMLElement): Record<string, string> {
  const chosen = Object.entries(dataset).filter(([name]) => name.startsWith(OPTION) && name !== OPTION);
  return Object.fromEntries(chosen.map(([name, value = ""]) => [name.slice(OPTION.length).toLowerCase(), value]));
}
