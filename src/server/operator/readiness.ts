/** Whether the server can take requests now, part by part: what a balancer asks before it sends somebody here. */
import type { Health } from "../bus/bus.js";

/** Something that the server works with. */
export type Part = Health;

export interface Readiness {
  /** Looks at every part, and waits for none longer than a second. */
  check(): Promise<readonly Part[]>;
  /** As `check` found them last, and as the rest says of itself. */
  parts(): readonly Part[];
  /** Everything that a server cannot do without is well. */
  readonly isReady: boolean;
  /** From now on this server is to be left. */
  drain(): void;
  readonly isDraining: boolean;
}

/** A database that has not answered by then is not there for shoppers either. */
const ANSWER_MS = 1_000;

interface Asked {
  /** Any question to the database. */
  readonly database: () => Promise<unknown>;
  /** Parts that know how they are, and that a server can do without for a while: what carries news between servers is away for all at once. */
  readonly others?: () => readonly Part[];
  readonly now: () => number;
}

export function createReadiness({ database, others = () => [], now }: Asked): Readiness {
  let stored: Part = { name: "database", isWell: true, since: now() };
  let accepting: Part = { name: "accepting", isWell: true, since: now() };
  // Whoever asks while a question is under way waits for that one: the asking must not be what the database falls ill of.
  let underWay: Promise<boolean> | undefined;

  const ask = (): Promise<boolean> => {
    underWay ??= database().then(() => true, () => false).finally(() => void (underWay = undefined));
    return withinTime(underWay);
  };
  const parts = (): readonly Part[] => [stored, accepting, ...others()];

  return {
    parts,
    async check() {
      const isWell = await ask();
      if (isWell !== stored.isWell) stored = { ...stored, isWell, since: now() };
      return parts();
    },
    get isReady() {
      return stored.isWell && accepting.isWell;
    },
    drain: () => void (accepting = accepting.isWell ? { ...accepting, isWell: false, since: now() } : accepting),
    get isDraining() {
      return !accepting.isWell;
    },
  };
}

/** True if that is the answer, and it comes in time. */
async function withinTime(answer: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, ANSWER_MS, false)));
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
