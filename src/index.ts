/** carryover: one cart and one set of choices on every screen of a shop. */
export type { AddOptions, CartCommands, Gesture } from "./model/cart-commands.js";
export type { Added, CartCoupon, CartLine, CartView } from "./model/cart-view.js";
export { type Client, type ClientState, createClient } from "./browser/client.js";
export type { ConsentCommands } from "./browser/consent.js";
export type { ConsentState, DecisionContext } from "./browser/gate.js";
export type { ListedDevice } from "./browser/devices.js";
export type { HandoffCommands, HandoffPreview, HandoffState } from "./browser/handoff.js";
export { addFromLink, type FromLink, type LinkOptions, type Resolve, type Resolved } from "./browser/from-link.js";
export type { LinkRefusal, RefusedItem } from "./browser/link-forms.js";
export type { ConsentNotice } from "./browser/notice.js";
export type { ConsentOptions } from "./browser/consent-options.js";
export type { BoundKey, ClientOptions } from "./browser/options.js";
export type { SyncState } from "./browser/pull.js";
export { RefusalError } from "./browser/refusal.js";
export type { SignedIn, UnlinkOptions } from "./browser/session.js";
export type { Shelf } from "./browser/shelf.js";
export type { ConsentSource } from "./browser/source.js";
export type { ProblemCode } from "./wire/problem.js";
