/** The newcomer's three steps; each is ticked off when it has really happened. */

export function createSteps() {
  const customers = new Map();
  let isOffered = false;
  const done = (step, isDone = true) => document.getElementById(step).classList.toggle("is-done", isDone);

  return {
    entry(device, { type }) {
      if (device === "phone" && type === "line-added") done("step-add");
    },
    report(device, { customer, quantity, offer }) {
      customers.set(device, customer);
      if (customers.get("phone") !== undefined && customers.get("phone") === customers.get("desktop")) done("step-sign-in");
      if (device !== "kiosk") return;
      if (isOffered && quantity === 0) done("step-take");
      isOffered = offer !== undefined || (isOffered && quantity > 0);
    },
    reset() {
      customers.clear();
      isOffered = false;
      for (const step of ["step-add", "step-sign-in", "step-take"]) done(step, false);
    },
  };
}
