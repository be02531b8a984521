/** What a device does when it turns out not to be who it took itself for: signed out elsewhere, unknown, given back, or somebody who was here before. */
import type { Device } from "./device.js";
import { hold, takeUp } from "./held.js";
import { RefusalError } from "./refusal.js";
import { restored } from "./restore.js";
import { signOut } from "./session.js";
import { isSame, type Session } from "./visitor.js";

export interface Turns {
  /** The server has refused something, and perhaps the device itself. */
  refused(error: RefusalError): void;
  /** The sign-in was taken back on another device: this one is the visitor's again. */
  released(): void;
  /** Nobody is here: the cookie, if there is one, may know better. */
  askWhoThisIs(): void;
}

/** `tell`: the other tabs look again who this is. */
export function createTurns(device: Device, tell: () => void, isClosed: () => boolean): Turns {
  const { settings, shelf, visitor, copy, pusher, puller, problems } = device;
  let asking: ReturnType<typeof restored> | undefined;
  const askCookie = (): ReturnType<typeof restored> => (asking ??= restored(device).finally(() => void (asking = undefined)));

  /** The server has lost us. A guest's cart is carried on; what a customer did is held until they sign in again. */
  const startOver = async (): Promise<void> => {
    const { session } = visitor;
    const found = await askCookie();
    if (!isSame(visitor.session, session)) return;
    const customer = session?.customer;
    if (found && isSame(found, session)) return visitor.become(found);
    if (customer) {
      const putAway = settings.idleMs === undefined && hold(device, customer);
      await device.forget();
      if (putAway) putAway();
      return comeBack(found);
    }
    puller.stop();
    pusher.reset();
    visitor.forget();
    if (found) visitor.become(found);
    copy.carry();
    tell();
    device.wake();
  };

  /** Takes up the work as the visitor of the cookie, unless somebody has come to be meanwhile. */
  const comeBack = async (found: Session | undefined): Promise<void> => {
    if (!found || isClosed()) return;
    visitor.reload(); // another tab may have been quicker
    if (!visitor.session) visitor.become(found);
    if (found.customer) takeUp(device, found.customer);
    await device.open();
    tell();
  };

  return {
    refused(error) {
      problems.emit(error);
      if (error.code === "device-revoked") void (visitor.session?.customer ? signOut(device) : device.forget());
      if (error.code === "credential-unknown" && !visitor.goBack()) void startOver();
    },
    released() {
      const lost = copy.replica.pending.filter(({ isCustomers }) => isCustomers).length;
      if (lost > 0) problems.emit(new RefusalError("device-revoked", `carryover: the sign-in was taken back elsewhere; ${lost} changes in the customer's name were not sent yet.`));
      visitor.update({ customer: undefined, notice: undefined });
      shelf.write("held", undefined);
      pusher.reset();
      tell();
      void copy.forget(true);
    },
    askWhoThisIs: () => void askCookie().then(comeBack),
  };
}
