/** WebKit, as GTK's MiniBrowser, driven by its own WebDriver on a screen that nobody sees. */
import { engine } from "../../scripts/engines.mjs";
import { openEveryday } from "./everyday.js";
import type { Engine, Key, Page, Profile } from "./engine.js";
import { leaving, orGone, PageGone } from "./gone.js";
import { openDisplay } from "./screen.js";
import { openSession, type Session } from "./webdriver.js";

/** What the driver says of a page that has just given way to the next, or is no more; "script timeout": it has lost the answer on the way. */
const GONE = /^(no such frame|no such window|script timeout|stale element reference)/;
const SCRIPT_MS = 5_000;
/** https://w3c.github.io/webdriver/#keyboard-actions */
const KEYS: Readonly<Record<Key, readonly string[]>> = {
  "Tab": ["\uE004"], "Shift+Tab": ["\uE008", "\uE004"], "Enter": ["\uE007"], "Space": [" "], "Escape": ["\uE00C"],
};

/** A profile is a browser of its own, since each driver has one session, and each session one private store. */
export async function openWebKit(): Promise<Engine> {
  const display = await openDisplay();
  return {
    profile: async (mode) => mode === "everyday" ? openEveryday(display.env) : driven(await openSession(engine("webkitDriver"), capabilities(), display.env)),
    close: display.close,
  };
}

function capabilities(): object {
  return {
    timeouts: { script: SCRIPT_MS },
    "webkitgtk:browserOptions": { binary: engine("webkit"), args: ["--automation"] },
  };
}

async function driven(session: Session): Promise<Profile> {
  const inWindow = createTurns(session);
  const home = await session.ask<string>("GET", "/window");
  return {
    async page() {
      // A window, not a tab: all of them are in view, as in the other engines.
      const { handle } = await inWindow(home, () => session.ask<{ handle: string }>("POST", "/window/new", { type: "window" }));
      return windowPage(session, handle, (work) => orGone(inWindow(handle, work), GONE));
    },
    async cookies() {
      const cookies = await session.ask<{ name: string; domain: string }[]>("GET", "/cookie");
      return cookies.map(({ name, domain }) => `${name}@${domain}`);
    },
    close: session.close,
  };
}

type InWindow = <T>(handle: string, work: () => Promise<T>) => Promise<T>;

/** The driver has one window at a time in hand: whoever wants another waits for their turn. */
function createTurns(session: Session): InWindow {
  let turn: Promise<unknown> = Promise.resolve();
  let current = "";
  return (handle, work) => {
    const mine = turn.then(async () => {
      if (current !== handle) await session.ask("POST", "/window", { handle });
      current = handle;
      return work();
    });
    turn = mine.catch(() => void (current = ""));
    return mine;
  };
}

function windowPage(session: Session, handle: string, mine: <T>(work: () => Promise<T>) => Promise<T>): Page {
  const run = <T>(script: string, ...args: unknown[]): Promise<T> => mine(() => session.ask<T>("POST", "/execute/async", { script, args }));
  const isClosed = async (): Promise<boolean> => !(await session.ask<string[]>("GET", "/window/handles")).includes(handle);
  return {
    goto: (url) => mine(() => session.ask("POST", "/url", { url })),
    reload: () => mine(() => session.ask("POST", "/refresh")),
    back: () => mine(() => session.ask("POST", "/back")),
    evaluate: (work, ...args) => evaluate(run, String(work), args),
    click: (selector) => mine(async () => {
      const found = await session.ask<Record<string, string>>("POST", "/element", { using: "css selector", value: selector });
      await session.ask("POST", `/element/${Object.values(found)[0]}/click`);
    }),
    press: async (...keys) => {
      for (const key of keys) await mine(() => session.ask("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions: strike(KEYS[key]) }] }));
    },
    prefer: () => Promise.reject(new Error("The driver cannot tell the browser what its system prefers.")),
    front: () => mine(async () => {}),
    close: async () => {
      if (!(await isClosed())) await leaving(mine(() => session.ask("DELETE", "/window")));
    },
    isClosed,
    renderer: () => Promise.reject(new Error("The driver ends its session with any of its pages: ask for an everyday profile.")),
  };
}

/** Down in their order, up in the other. */
function strike(values: readonly string[]): object[] {
  return [...values.map((value) => ({ type: "keyDown", value })), ...values.toReversed().map((value) => ({ type: "keyUp", value }))];
}

let questions = 0;
/** So long the page is waited for in one go; another window's turn may come in between. */
const TURN_MS = 50;

/** Begins the work and asks again for what has come of it, so that work that takes long in one window holds up no other. */
async function evaluate<Result>(run: <T>(script: string, ...args: unknown[]) => Promise<T>, work: string, args: readonly unknown[]): Promise<Result> {
  const id = (questions += 1);
  let answer = await run<string | null>(`const work = ${work};\n${BEGIN}\n${COLLECT}`, id, TURN_MS, args);
  while (answer === null) answer = await run<string | null>(COLLECT, id, TURN_MS);
  const { value, error, isGone } = JSON.parse(answer) as { value: Result; error?: string; isGone?: true };
  if (isGone) throw new PageGone("The page that was asked has given way to another.");
  if (error !== undefined) throw new Error(error);
  return value;
}

const BEGIN = `
  const asked = window[Symbol.for("asked")] ??= new Map();
  const [number, , given] = arguments;
  asked.set(number, (async () => work(...given))().then((value) => ({ value }), (error) => ({ error: String(error) })));`;

const COLLECT = `
  const [id, ms] = arguments;
  const done = arguments[arguments.length - 1];
  const answer = window[Symbol.for("asked")]?.get(id) ?? Promise.resolve({ isGone: true });
  const late = new Promise((resolve) => setTimeout(resolve, ms, null));
  Promise.race([answer, late]).then((found) => done(found && JSON.stringify(found)));`;
