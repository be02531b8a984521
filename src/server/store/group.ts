/** Lets the jobs that wait at the same moment share one commit, and so one flush of the disk. */

interface Waiting {
  readonly run: () => Promise<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** How a database begins, ends and shields a group of jobs. */
export interface Grouping {
  begin(): void;
  commit(): void;
  rollback(): void;
  /** A job that fails is undone alone. */
  savepoint(): void;
  release(): void;
  undo(): void;
}

const JOBS_PER_COMMIT = 500;

export function createGroup(db: Grouping): { add<T>(run: () => Promise<T>): Promise<T>; idle(): Promise<void> } {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.slice(0, JOBS_PER_COMMIT);
      waiting = waiting.slice(JOBS_PER_COMMIT);
      await runGroup(db, group);
      await new Promise(setImmediate); // the requests that arrived meanwhile make the next group
    }
    running = undefined;
  }

  return {
    add: (run) => new Promise((resolve, reject) => {
      waiting.push({ run, resolve, reject });
      running ??= Promise.resolve().then(drain);
    }),
    idle: async () => running,
  };
}

async function runGroup(db: Grouping, group: readonly Waiting[]): Promise<void> {
  const answers: (() => void)[] = [];
  try {
    db.begin();
    for (const job of group) answers.push(await runJob(db, job));
    db.commit();
  } catch (error) {
    db.rollback();
    for (const { reject } of group) reject(error);
    return;
  }
  for (const answer of answers) answer();
}

/** Runs one job; what it says is told only after the commit. */
async function runJob(db: Grouping, { run, resolve, reject }: Waiting): Promise<() => void> {
  db.savepoint();
  try {
    const value = await run();
    db.release();
    return () => resolve(value as never);
  } catch (error) {
    db.undo();
    return () => reject(error);
  }
}
