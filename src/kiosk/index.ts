/** carryover/kiosk: the page of a screen in a store, which knows who it is and keeps nothing of anybody. */

export type { KioskScreen } from "../browser/kiosk.js";
export type { Kept, KeptKind } from "./storages.js";
export { kioskScreen, type KioskScreenOptions, type RegisteredScreen } from "./screen.js";
export type { KioskAnswer } from "../wire/kiosk.js";
