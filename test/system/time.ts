/** Counted time for a whole town: clocks and timers stand still until the test lets them go on, and nothing waits for real. */

export interface Time {
  /** ms since epoch, the same for everybody whose clock is right. */
  now(): number;
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>;
  /** So many milliseconds go by, and whatever was to happen in them happens in its order. */
  pass(ms: number): Promise<void>;
  /** The lids are closed for so long: no timer runs, and those that came due run late, once each. */
  sleep(ms: number): Promise<void>;
  /** A promise that time alone keeps. */
  wait(ms: number): Promise<void>;
  /** Work that needs no counted time but is no timer either: `settle` waits for it. */
  busy<T>(work: Promise<T>): Promise<T>;
  /** Gives the process its own timers back. */
  stop(): void;
}

interface Timer {
  at: number;
  readonly run: () => void;
  readonly everyMs: number | undefined;
  unref(): Timer;
}

const own = { setTimeout, clearTimeout, setInterval, clearInterval };
const ownTimeout = AbortSignal.timeout;
const soon = setImmediate;

/** From promise to promise, through streams and the database, everything is done after so many turns of the loop. */
const CALM_TURNS = 3;
const START = Date.UTC(2026, 10, 2);

/** Takes the place of the process's timers until it is stopped. */
export function startTime(): Time {
  const timers = new Set<Timer>();
  let now = START;
  let busy = 0;

  const add = (run: () => void, ms = 0, everyMs?: number): Timer => {
    const timer: Timer = { at: now + Math.max(ms, everyMs === undefined ? 0 : 1), run, everyMs, unref: () => timer };
    timers.add(timer);
    return timer;
  };
  const take = (timer: unknown): void => void timers.delete(timer as Timer);

  /** The first that is due by then; of those due at once the one that was set first. */
  const first = (by: number): Timer | undefined => {
    let found: Timer | undefined;
    for (const timer of timers) if (timer.at <= by && timer.at < (found?.at ?? Infinity)) found = timer;
    return found;
  };

  const ring = (timer: Timer): void => {
    now = Math.max(now, timer.at);
    timers.delete(timer);
    if (timer.everyMs !== undefined) timers.add(Object.assign(timer, { at: now + timer.everyMs }));
    timer.run();
  };

  const settle = async (): Promise<void> => {
    for (let calm = 0; calm < CALM_TURNS; calm++) {
      await new Promise((resolve) => soon(resolve));
      if (busy > 0) calm = -1;
    }
  };

  const time: Time = {
    now: () => now,
    settle,
    async pass(ms) {
      const end = now + ms;
      await settle();
      for (let timer = first(end); timer !== undefined; timer = first(end)) {
        ring(timer);
        await settle();
      }
      now = end;
    },
    async sleep(ms) {
      now += ms;
      await time.pass(0);
    },
    wait: (ms) => new Promise((resolve) => void add(resolve, ms)),
    async busy(work) {
      busy += 1;
      return work.finally(() => (busy -= 1));
    },
    stop() {
      AbortSignal.timeout = ownTimeout;
      Object.assign(globalThis, own);
    },
  };
  const passing = (run: (...args: unknown[]) => void, args: unknown[]) => () => run(...args);
  Object.assign(globalThis, {
    setTimeout: (run: () => void, ms?: number, ...args: unknown[]) => add(passing(run, args), ms),
    setInterval: (run: () => void, ms?: number, ...args: unknown[]) => add(passing(run, args), ms, ms),
    clearTimeout: take,
    clearInterval: take,
  });
  AbortSignal.timeout = (ms) => {
    const late = new AbortController();
    add(() => late.abort(new DOMException("Too late.", "TimeoutError")), ms);
    return late.signal;
  };
  return time;
}
