/** A history of a whole town as a list of small steps, and how it is lived through. */
import fc from "fast-check";
import { checkAgreement, checkNothingLost, checkScreens, checkWhatIsKept, clearWeather } from "./check.js";
import { gestures } from "./gestures.js";
import { accounts, handoffs, type Happening, network, server, somePage, tabs, time } from "./happenings.js";
import { openWorld, type Setting, type World } from "./world.js";

/** One step: which browser, what happens there, on which line, customer or fault, how many, and the milliseconds after it. */
export type Step = readonly [browser: number, what: string, which: number, n: number, afterMs: number];

export interface History extends Omit<Setting, "isOnDisk"> {
  readonly steps: readonly Step[];
}

const happenings: Readonly<Record<string, Happening>> = { ...gestures, ...network, ...tabs, ...server, ...time, ...accounts, ...handoffs };

const often = ["add", "add", "add", "increase", "increase", "set", "decrease", "decrease", "remove", "change", "note", "note", "grant", "refuse"];
const frequent = [...often, ...often, "cut", "mend", "mend", "meet", "meet", "meet", "signIn", "signIn", "signOut", "reload", "wait"];

export function histories(length: number): fc.Arbitrary<History> {
  const step = fc.tuple(
    fc.nat(3), fc.constantFrom(...Object.keys(happenings), ...frequent), fc.nat(6), fc.integer({ min: 1, max: 4 }),
    fc.constantFrom(0, 0, 0, 0, 1, 20, 300, 1_500, 5_000, 20_000, 45_000),
  );
  return fc.record({
    browsers: fc.integer({ min: 1, max: 4 }),
    latencyMs: fc.constantFrom(0, 0, 5, 200),
    asked: fc.constantFrom("device" as const, "account" as const),
    seed: fc.nat(2 ** 31),
    steps: fc.array(step, { minLength: 1, maxLength: length, size: "max" }),
  });
}

/** Lives through it; throws at the first promise that is broken. Returns how many gestures there were. */
export async function live({ steps, ...setting }: History, tokens: Readonly<Record<string, string>>, watch: (world: World, step: Step) => void = () => {}): Promise<number> {
  const isOnDisk = steps.some(([, what]) => what in server);
  const world = await openWorld({ ...setting, isOnDisk }, tokens);
  const isAccountsOwn = setting.asked === "device";
  try {
    for (const step of steps) {
      const [at, what, which, n, afterMs] = step;
      const browser = world.browsers[at % setting.browsers];
      if (browser === undefined) continue;
      await (happenings[what] as Happening)(world, await somePage(world, browser, n), which, n);
      await world.time.pass(afterMs);
      watch(world, step);
      await checkScreens(world, isAccountsOwn);
    }
    await clearWeather(world);
    await checkScreens(world, isAccountsOwn);
    await checkAgreement(world);
    const count = await checkNothingLost(world, isAccountsOwn);
    await checkWhatIsKept(world, isAccountsOwn);
    return count;
  } finally {
    await world.close();
  }
}
