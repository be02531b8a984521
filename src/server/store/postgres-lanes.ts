/** Lets the jobs of one cart queue in this process, and not on the database's connections, where they would keep others out. */
import { remember } from "../remember.js";

export interface Lanes {
  /** Runs a job behind those of the same cart, as far as it is known which cart a credential leads to; `learn` says so for the next. */
  run<T>(credential: string | undefined, job: (learn: (log: string) => void) => Promise<T>): Promise<T>;
}

/** Most who push have pushed before. Whoever was forgotten waits at the database, as devices of other processes do. */
const REMEMBERED = 20_000;

export function createLanes(): Lanes {
  const logs = new Map<string, string>();
  const lanes = new Map<string, Promise<unknown>>();

  const learnOf = (credential: string) => (log: string): void => remember(logs, credential, log, REMEMBERED);

  return {
    async run(credential, job) {
      if (credential === undefined) return job(() => undefined);
      const lane = logs.get(credential) ?? credential;
      const running = (lanes.get(lane) ?? Promise.resolve()).then(() => job(learnOf(credential)));
      const done = running.then(() => undefined, () => undefined).finally(() => {
        if (lanes.get(lane) === done) lanes.delete(lane);
      });
      lanes.set(lane, done);
      return running;
    },
  };
}
