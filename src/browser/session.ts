/** Signing in and out on this device. */
import type { CartView } from "../model/cart-view.js";
import type { Event } from "../model/event.js";
import { isText } from "../model/limits.js";
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
import { deviceOf, isSame, type Session } from "./visitor.js";

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
  if (!isSame(visitor.session, session)) throw new RefusalError("device-revoked", "The device was signed out meanwhile.");
  if (met === "ask") {
    device.known();
    const carts = { visitor: answer.visitor as CartView, account: answer.account as CartView };
    return { met, customer, ...carts, keep: (chosen) => signIn(device, token, isNewest, chosen) };
  }
  visitor.update({ customer, madeAt: 0 }); // what was proof enough for a visitor is renewed with the next request
  copy.greet(answer.log, ""); // what is done from now on is the customer's, also before the stream stands
  takeUp(device, customer);
  device.moved();
  // A slow network is no reason to keep a shopper from signing in.
  await until(() => copy.replica.log === answer.log && device.sync === "live", device, ARRIVE_MS);
  return { met, customer };
}

/** What a shop may say when it takes a sign-in back. */
export interface UnlinkOptions {
  /** The public name of another device of the same customer; this one by default. */
  readonly device?: string;
  /** Why, 1 to 200 characters; both carts' logs keep it. */
  readonly reason?: string;
}

/** The visitor's cart goes back to the device that brought it, and the customer keeps theirs. */
export async function unlink(device: Device, { device: other, reason }: UnlinkOptions = {}): Promise<void> {
  const { settings, visitor, pusher, puller, post } = device;
  if (reason !== undefined && !isText(reason, 200)) misuse("unlink({ reason })", reason, "a text of 1 to 200 characters");
  const { session } = visitor;
  if (session?.customer === undefined) throw new RefusalError("unlink-impossible", "carryover: nobody is signed in here.");
  await pusher.flush(); // what the customer did here stays theirs
  await post(PATHS.unlink, { ...callerOf(settings, visitor.fresh(session).credential), device: other, reason });
  if (other !== undefined && other !== deviceOf(session)) return;
  puller.restart();
  await until(() => visitor.session?.customer === undefined && device.sync === "live", device, ARRIVE_MS);
}

/**
 * Sends what is pending or seals it, tells the server, and leaves nothing of the customer on the device. A shared screen
 * forgets first and tells afterwards: the next shopper does not wait for the network.
 */
export async function signOut(device: Device): Promise<void> {
  const { settings, visitor, copy } = device;
  const session = visitor.session && visitor.fresh(visitor.session);
  const isShared = settings.idleMs !== undefined;
  if (!session && isShared) return device.forget(); // the answers given here
  // A guest's own cart stays, unless strangers share the screen.
  if (!session || (!session.customer && !isShared)) return;
  if (isShared) return vanish(device, session);
  const isHere = (): boolean => isSame(visitor.session, session);
  // Until a screen of one's own is empty the shopper may go on; what they do meanwhile is theirs as well.
  // What a page that came after this one has put down meanwhile is known from the shelf, if this one could not hear of it.
  const readAgain = async (): Promise<void> => (isHere() ? copy.load() : undefined);
  const putAway = await tell(device, session, () => (isHere() ? copy.replica.pending : []), readAgain);
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
async function tell({ settings, post, outbox, problems }: Device, session: Session, pending: () => readonly Event[], readAgain = async (): Promise<void> => {}): Promise<() => void> {
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
  await readAgain();
  const isBoxed = await each(box).then(() => (isTold || boxes.length > 0 ? undefined : box([]))).then(() => true, () => false);
  return () => {
    boxes.forEach(outbox.put);
    if (!isBoxed && left().length > 0) problems.emit(new RefusalError("unreachable", `${left().length} changes could not be sent before sign-out.`));
  };
}
