/** Handing over on a bad line: each request and each answer of each step is lost once, and no cart is lost or doubled by it. */
import { expect, test } from "vitest";
import { PATHS } from "../../src/wire/version.js";
import { createTown, read, type Screen, type Spoil, type Town, until } from "./town.js";

type Mode = "take" | "copy" | "join" | "lend";
type Side = "giving" | "receiving";
type Step = readonly [side: Side, path: string];

const page = { url: "https://shop.example/" };
const common: readonly Step[] = [["giving", PATHS.offer], ["giving", PATHS.push], ["receiving", PATHS.preview], ["receiving", PATHS.accept]];
const numbers: readonly Step[] = [["receiving", PATHS.progress], ["giving", PATHS.approve]];

/** Every request that a way of handing over makes. */
const steps: Readonly<Record<Mode, readonly Step[]>> = {
  take: [...common, ["receiving", PATHS.undo]],
  copy: [...common, ["giving", PATHS.undo]],
  join: [...common, ...numbers, ["giving", PATHS.undo]],
  lend: [...common, ...numbers, ["giving", PATHS.cancel]],
};
const SPOILS: readonly Spoil[] = ["request", "answer", "line"];

/** A shopper who is told that it did not work tries again, once the line is back. */
async function patiently<T>(screens: readonly Screen[], work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: string }).code !== "unreachable" || tries === 4) throw error;
      for (const screen of screens) screen.mend();
    }
  }
}

const statusOf = ({ shop }: Screen): string | undefined => shop.state.handoff?.status;

/** From the offer to what both screens call the end, with one thing spoilt on the way. */
async function handOver(mode: Mode, giving: Screen, receiving: Screen): Promise<void> {
  const both = [giving, receiving];
  const { code } = await patiently(both, () => giving.shop.handoff.offer(mode, page));
  await patiently(both, () => receiving.shop.handoff.preview(code));
  const accepted = patiently(both, () => receiving.shop.handoff.accept(code));
  if (mode === "join" || mode === "lend") {
    await until(() => receiving.shop.state.handoff?.number !== undefined && statusOf(giving) === "to-approve", "the number is asked for");
    const choose = async (): Promise<void> => void (statusOf(giving) === "to-approve" && (await giving.shop.handoff.approve(receiving.shop.state.handoff?.number as number)));
    await choose().catch(() => giving.mend());
    if (statusOf(giving) === "to-approve") await until(() => giving.shop.sync.state === "live", "the owner's screen is live again");
    await choose();
  }
  await accepted;
  const end = mode === "lend" ? "lent" : "done";
  for (const screen of both) await until(() => statusOf(screen) === end, `both screens say that it is ${end}`);
}

async function undo(mode: Mode, giving: Screen, receiving: Screen): Promise<void> {
  const owner = mode === "take" ? receiving : giving;
  await patiently([owner], async () => void (mode === "lend" ? await giving.shop.handoff.cancel() : await owner.shop.handoff.undo()));
}

/** What both screens show afterwards: first the one that gave. */
const OWN = { "BOEK-1": 1 };
const GIVEN = { "SCHOEN-42": 2 };
const ends: Readonly<Record<Mode, readonly [object, object]>> = {
  take: [{}, { ...OWN, ...GIVEN }],
  copy: [GIVEN, { ...OWN, ...GIVEN }],
  join: [{ ...GIVEN, ...OWN }, { ...GIVEN, ...OWN }],
  lend: [{ ...GIVEN, ...OWN }, { ...GIVEN, ...OWN }],
};
/** And after an undo, or when what was lent was stopped. */
const undone: Readonly<Record<Mode, readonly [object, object]>> = { take: [{}, OWN], copy: [GIVEN, OWN], join: [GIVEN, OWN], lend: [{ ...GIVEN, ...OWN }, {}] };

const sorted = (screen: Screen): string => JSON.stringify(Object.entries(read(screen)).sort());
const textOf = (lines: object): string => JSON.stringify(Object.entries(lines).sort());

async function shows(screens: readonly Screen[], wanted: readonly [object, object], what: string): Promise<void> {
  await until(() => screens.every((screen, i) => sorted(screen) === textOf(wanted[i] as object)), `${what}: ${screens.map(sorted).join(" and ")}`);
}

function pair(town: Town, mode: Mode): [Screen, Screen] {
  const kiosk = { kiosk: { idleMs: 600_000 }, name: "Kiosk 3" };
  return [town.screen(mode === "take" ? kiosk : { name: "Telefoon" }), town.screen(mode === "lend" ? kiosk : { name: "Ander" })];
}

async function live([mode, [side, path], how]: readonly [Mode, Step, Spoil]): Promise<string | undefined> {
  const [giving, receiving] = pair(await createTown(), mode);
  const both = [giving, receiving] as const;
  receiving.shop.cart.add("BOEK-1");
  await receiving.shop.sync.settled();
  (side === "giving" ? giving : receiving).spoil(path, how);
  try {
    giving.shop.cart.add("SCHOEN-42", 2);
    await handOver(mode, giving, receiving);
    for (const screen of both) screen.mend();
    await shows(both, ends[mode], "after it");
    await undo(mode, giving, receiving);
    for (const screen of both) screen.mend();
    await shows(both, undone[mode], "after the undo");
    return undefined;
  } catch (error) {
    return `${mode}, ${how} of ${side} ${path}: ${String(error)}`;
  }
}

test.each(Object.keys(steps) as Mode[])("%s: whichever request, answer or line is lost once, both screens know where they stand and every line is there once", async (mode) => {
  const cases = steps[mode].flatMap((step) => SPOILS.map((how) => [mode, step, how] as const));
  expect((await Promise.all(cases.map(live))).filter((told) => told !== undefined)).toEqual([]);
});
