/** Signing in and out on this device. */
import type { CartView } from "../model/cart-view.js";
import type { Event } from "../model/event.js";
import { misuse } from "../model/misuse.js";
import type { Sealed, SignInAnswer } from "../wire/session.js";
import { PATHS } from "../wire/version.js";
import type { Device } from "./device.js";
import { takeUp } from "./held.js";
import { inTime, until } from "./patience.js";
import { callerOf } from "./post.js";
import { batchesOf } from "./push.js";
import { RefusalError } from "./refusal.js";
import { seal } from "./seal.js";
import type { Session } from "./visitor.js";

export type Merge = "union" | "keep-visitor" | "keep-customer" | "ask";

/** How the visitor's cart met the customer's. */
export interface SignedIn {
  /** `same`: was signed in already; `new`: nothing to merge; `merged`; `ask`: nothing happened yet, call `keep`. */
  readonly met: SignInAnswer["met"];
  readonly customer: string;
  /** With `ask`: both carts. */
  readonly visitor?: CartView;
  readonly account?: CartView;
  /** With `ask`: goes on with the shop's decision. */
  readonly keep?: (merge: Exclude<Merge, "ask">) => Promise<SignedIn>;
}

/** What is pending gets this long to reach the server before sign-out seals it. */
const FLUSH_MS = 2_000;
/** Sign-in waits this long for the customer's cart to be on the screen. */
const ARRIVE_MS = 3_000;

/** `isNewest`: what was chosen on this device was chosen in this visit, and may meet the account's choice as the newest. */
export async function signIn(device: Device, token: string, isNewest: () => boolean, merge: Merge = device.settings.merge): Promise<SignedIn> {
  const { settings, visitor, pusher, post, copy } = device;
  if (typeof token !== "string" || token === "") misuse("signIn(token)", token, "the shop's signed token, a JWT");
  const session = visitor.mint();
  device.wake();
  await pusher.flush();
  const body = { ...callerOf(settings, session.credential), token, merge, consent: isNewest() ? settings.consent.rule : "account" as const };
  const answer = await post<SignInAnswer>(PATHS.signIn, body);
  const { met, customer } = answer;
  if (visitor.session?.credential !== session.credential) throw new RefusalError("device-revoked", "The device was signed out meanwhile.");
  if (met === "ask") {
    device.known();
    const carts = { visitor: answer.visitor as CartView, account: answer.account as CartView };
    return { met, customer, ...carts, keep: (chosen) => signIn(device, token, isNewest, chosen) };
  }
  visitor.update({ customer });
  copy.greet(answer.log, ""); // what is done from now on is the customer's, also before the stream stands
  takeUp(device, customer);
  device.moved();
  // A slow network is no reason to keep a shopper from signing in.
  await until(() => copy.replica.log === answer.log && device.sync === "live", device, ARRIVE_MS);
  return { met, customer };
}

/**
 * Sends what is pending or seals it, tells the server, and leaves nothing of the customer on the device. A shared screen
 * forgets first and tells afterwards: the next shopper does not wait for the network.
 */
export async function signOut(device: Device): Promise<void> {
  const { settings, visitor, copy } = device;
  const { session } = visitor;
  const isShared = settings.idleMs !== undefined;
  if (!session && isShared) return device.forget(); // the answers given here
  // A guest's own cart stays, unless strangers share the screen.
  if (!session || (!session.customer && !isShared)) return;
  if (isShared) return vanish(device, session);
  const isHere = (): boolean => visitor.session?.credential === session.credential;
  // Until a screen of one's own is empty the shopper may go on; what they do meanwhile is theirs as well.
  const putAway = await tell(device, session, () => (isHere() ? copy.replica.pending : []));
  putAway();
  await device.forget();
  device.outbox.send();
}

/** Forgets first and tells the server afterwards: on a shared screen, and for a visitor who has nothing here and allows nothing. */
export async function vanish(device: Device, session: Session): Promise<void> {
  const { pending } = device.copy.replica;
  let isTold = (_: boolean): void => {};
  await device.forget(new Promise((resolve) => (isTold = resolve)));
  (await tell(device, session, () => pending))();
  isTold(device.shelf.names("box:").length === 0);
  device.outbox.send();
}

/** Tells the server that the customer has left; resolves to what puts away the rest, if there is any. */
async function tell({ settings, post, outbox, problems }: Device, session: Session, pending: () => readonly Event[]): Promise<() => void> {
  if (!settings.endpoint || !(session.isKnown || session.customer)) return () => {};
  const caller = callerOf(settings, session.credential);
  const safe = new Set<string>();
  const left = (): readonly Event[] => pending().filter(({ id }) => !safe.has(id));
  const each = async (work: (events: readonly Event[]) => Promise<unknown>): Promise<void> => {
    while (left().length > 0) for (const events of batchesOf(left())) {
      await work(events);
      for (const { id } of events) safe.add(id);
    }
  };
  const deliver = async (): Promise<void> => {
    await each((events) => post(PATHS.push, { ...caller, events }));
    await post(PATHS.signOut, caller);
  };
  const boxes: Sealed[] = [];
  const box = async (events: readonly Event[]): Promise<void> => void boxes.push(await seal(session.credential, settings.channel, events, settings.random));
  const isTold = await inTime(FLUSH_MS, deliver()).then(() => true, (error: RefusalError) => error.code === "device-revoked");
  const isBoxed = await each(box).then(() => (isTold || boxes.length > 0 ? undefined : box([]))).then(() => true, () => false);
  return () => {
    boxes.forEach(outbox.put);
    if (!isBoxed && left().length > 0) problems.emit(new RefusalError("unreachable", `${left().length} changes could not be sent before sign-out.`));
  };
}
