/** What a customer is told about their choices: what came of them at sign-in, and a permission that did not hold (CNIL 2025-131). */
import { ACCOUNT, type ConsentDecided, decisionsOf } from "../model/consent.js";
import type { Device } from "./device.js";
import type { Answers } from "./gate.js";

/** `about` says what there is to tell; `changed` names the purposes whose answer on this screen is another now. */
export interface ConsentNotice {
  /**
   * `account`: the choices of the account hold here; `adopted`: the choice made here holds on all devices now; `changed`: the
   * account's choice is another than this device's; `stands`: what was allowed here had been refused on another device.
   */
  readonly about: "account" | "adopted" | "changed" | "stands";
  readonly changed: Readonly<Record<string, boolean>>;
}

/** Looks what there is to tell, after each change. A notice stays until it is dismissed, also over pages. */
export function createNotices({ copy, visitor, ...device }: Pick<Device, "copy" | "visitor"> & { isLive(): boolean }): (now: Answers) => void {
  let before: Answers = {};
  let wasCustomer = visitor.session?.customer !== undefined;
  let met: Answers | undefined; // what this device had answered when somebody signed in
  const allowed = new Set<string>(); // here, and not heard of by others yet

  const tell = (about: ConsentNotice["about"], names: readonly string[], now: Answers): void =>
    visitor.update({ notice: { about, changed: Object.fromEntries(names.map((name) => [name, now[name] === true])) } });

  /** The account has taken over what was decided here. */
  const isAdopted = (): boolean => {
    const { from, purposes } = decisionsOf(copy.replica.view.consent, ACCOUNT) ?? { purposes: [] };
    const own = new Set(copy.own.map(({ id }) => id));
    return from !== undefined && purposes.some(({ refusals, grants }) => [...refusals, ...grants].some(({ id }) => own.has(id)));
  };

  const meeting = (own: Answers, now: Answers): void => {
    const answered = Object.keys(now).filter((name) => now[name] !== undefined);
    const differing = answered.filter((name) => own[name] !== undefined && own[name] !== now[name]);
    if (answered.length > 0) tell(differing.length > 0 ? "changed" : isAdopted() ? "adopted" : "account", differing, now);
  };

  const overruled = (now: Answers): void => {
    for (const { type, data } of copy.replica.pending) {
      if (type === "consent-decided") for (const [name, isGranted] of Object.entries((data as ConsentDecided).purposes)) allowed[isGranted ? "add" : "delete"](name);
    }
    const lost = [...allowed].filter((name) => before[name] && now[name] === false);
    lost.forEach((name) => allowed.delete(name));
    if (lost.length > 0) tell("stands", lost, now);
  };

  return (now) => {
    const isCustomer = visitor.session?.customer !== undefined;
    if (isCustomer && !wasCustomer) met = before;
    if (!isCustomer) met = undefined;
    if (met && device.isLive() && copy.replica.confirmed.customer.isKnown) {
      meeting(met, now);
      met = undefined;
    } else if (isCustomer && !met) overruled(now);
    [before, wasCustomer] = [now, isCustomer];
  };
}
