/** The model for whoever folds a log themselves: a till, a call centre, a test. */
export { applyCart, type Cart, emptyCart, type Line, quantityOf } from "./cart.js";
export { type AddOptions, type CartCommands, cartCommands, type Gesture } from "./cart-commands.js";
export type { CartData, Merge } from "./cart-events.js";
export { type Added, type CartCoupon, type CartLine, type CartView, viewCart } from "./cart-view.js";
export { applyConsent, type Consent, type ConsentDecided, type ConsentRule, emptyConsent, type Scope, type Shown } from "./consent.js";
export { answerOf, answerOn, grantOf, type Place, type Terms } from "./standing.js";
export { applyCustomer, type Customer, emptyCustomer } from "./customer.js";
export { type Entry, type Event, type Mark, type Origin, saw } from "./event.js";
export { lineId, type Options, productOf } from "./line.js";
export { createReplica, drop, receive, record, type Replica, reset, type Snapshot } from "./replica.js";
export { apply, emptyState, FOLD, type State } from "./state.js";
export { adoptedEntry, type Adoption, adoptionData } from "./adoption.js";
export { objection, type Objection } from "./admission.js";
export { condense } from "./condense.js";
