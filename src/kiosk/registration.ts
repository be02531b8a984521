/** Who this screen is: a secret of its own, kept over power cuts, that says nothing of any shopper. */
import { base64url } from "../browser/encode.js";
import type { Settings } from "../browser/options.js";
import { ANSWER_MS, inTime } from "../browser/patience.js";
import { foreign, send } from "../browser/post.js";
import type { RefusalError } from "../browser/refusal.js";
import { createRetry } from "../browser/retry.js";
import type { Caller } from "../wire/caller.js";
import type { KioskAnswer } from "../wire/kiosk.js";
import { PATHS, WIRE } from "../wire/version.js";

export interface Registration {
  /** Undefined until the server has taken the screen in. */
  readonly caller: Caller["kiosk"];
  /** Takes a code, once. Rejects with a RefusalError. */
  register(code: string): Promise<KioskAnswer>;
  close(): void;
}

export const keyOf = (site: string): string => `carryover-kiosk:${site}`;

/** `known` is told who the screen is, by the server's word, and undefined when it is nobody any more. */
export function createRegistration(settings: Settings, known: (screen: KioskAnswer | undefined) => void): Registration {
  const { site, random } = settings;
  const key = keyOf(site);
  const start = base64url(random(16));
  let registration = readWord(key);
  let isStarted = false;
  let isClosed = false;

  const ask = async (path: string, body: object): Promise<KioskAnswer> => {
    const response = await inTime(ANSWER_MS, send(settings, path, { v: WIRE, site, ...body }, {}));
    const answer = (await response.json().catch(foreign)) as KioskAnswer | null;
    return typeof answer?.store === "string" ? answer : foreign();
  };
  const forget = (): void => {
    registration = undefined;
    localStorage.removeItem(key);
    known(undefined);
  };
  /** Says that the screen has started, until the server has heard it: then every visit of an earlier start is over. */
  const starting = createRetry(random, {
    isDue: () => registration !== undefined && !isStarted && !isClosed,
    async once() {
      const answer = await ask(PATHS.kioskStart, { registration, start });
      isStarted = true;
      known(answer);
    },
    failed: (error: RefusalError) => error.code === "kiosk-unknown" && forget(),
  });
  starting.start();
  addEventListener("online", starting.now);

  return {
    get caller() {
      return registration === undefined ? undefined : { registration, start };
    },
    async register(code) {
      const made = readWord(`${key}:new`) ?? base64url(random(32));
      // Kept before it is asked for: where the answer is lost and the page with it, the same screen asks again.
      localStorage.setItem(`${key}:new`, made);
      const answer = await ask(PATHS.kioskRegister, { code, registration: made });
      localStorage.setItem(key, made);
      localStorage.removeItem(`${key}:new`);
      registration = made;
      known(answer);
      starting.start();
      return answer;
    },
    close() {
      isClosed = true;
      removeEventListener("online", starting.now);
    },
  };
}

function readWord(key: string): string | undefined {
  try {
    const word = localStorage.getItem(key);
    return word !== null && /^[\w-]{43}$/.test(word) ? word : undefined;
  } catch {
    return undefined; // a browser that keeps nothing is registered anew at each start
  }
}
