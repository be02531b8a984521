/** Lets the jobs that wait at the same moment share one commit, and so one flush of the disk. */

interface Waiting {
  readonly run: () => Promise<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** How a database begins, ends and shields a group of jobs. */
export interface Grouping {
  /** For jobs that only read: what they see does not change under them, and nothing of it is written or flushed. */
  look(): void;
  begin(): void;
  commit(): void;
  rollback(): void;
  /** A job that fails is undone alone. */
  savepoint(): void;
  release(): void;
  undo(): void;
  /** False once the database has undone the whole group by itself, as SQLite does when the disk is full. */
  isOpen(): boolean;
}

export interface Group {
  add<T>(run: () => Promise<T>): Promise<T>;
  /** For a job that writes nothing: it never shares the fate of those that do. */
  read<T>(run: () => Promise<T>): Promise<T>;
  /** For what no group may be open at: done when the jobs that wait now are done. */
  between(run: () => void): Promise<void>;
  idle(): Promise<void>;
}

const JOBS_PER_COMMIT = 500;

export function createGroup(db: Grouping): Group {
  let writers: Waiting[] = [];
  let readers: Waiting[] = [];
  const chores: Waiting[] = [];
  let running: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (writers.length + readers.length + chores.length > 0) {
      await runReaders(db, readers.splice(0));
      await runGroup(db, writers.splice(0, JOBS_PER_COMMIT));
      for (const { run, resolve, reject } of chores.splice(0)) await run().then(resolve as (value: unknown) => void, reject);
      await new Promise(setImmediate); // the requests that arrived meanwhile make the next group
    }
    running = undefined;
  }

  const queue = <T>(jobs: Waiting[], run: () => Promise<T>): Promise<T> => new Promise((resolve, reject) => {
    jobs.push({ run, resolve, reject });
    running ??= Promise.resolve().then(drain);
  });

  return {
    add: (run) => queue(writers, run),
    read: (run) => queue(readers, run),
    between: (run) => queue(chores, async () => run()),
    idle: async () => running,
  };
}

async function runReaders(db: Grouping, group: readonly Waiting[]): Promise<void> {
  if (group.length === 0) return;
  try {
    db.look();
    for (const { run, resolve, reject } of group) await run().then(resolve as (value: unknown) => void, reject);
    db.commit();
  } catch (error) {
    const reason = undone(db, error);
    for (const { reject } of group) reject(reason); // those that have their answer keep it
  }
}

async function runGroup(db: Grouping, group: readonly Waiting[]): Promise<void> {
  if (group.length === 0) return;
  const answers: (() => void)[] = [];
  const runOne = group.length === 1 ? runAlone : runJob;
  try {
    db.begin();
    for (const job of group) answers.push(await runOne(db, job));
    db.commit();
  } catch (error) {
    const reason = undone(db, error);
    for (const { reject } of group) reject(reason);
    return;
  }
  for (const answer of answers) answer();
}

/** Without neighbours nothing needs shielding: what fails is undone as a whole. */
async function runAlone(_: Grouping, { run, resolve }: Waiting): Promise<() => void> {
  const value = await run();
  return () => resolve(value as never);
}

/** Runs one job; what it says is told only after the commit. */
async function runJob(db: Grouping, { run, resolve, reject }: Waiting): Promise<() => void> {
  db.savepoint();
  try {
    const value = await run();
    db.release();
    return () => resolve(value as never);
  } catch (error) {
    if (!db.isOpen()) throw error; // undone by the database, and its neighbours with it
    db.undo();
    return () => reject(error);
  }
}

/** Undoes the group and returns why. The queue must go on whatever happens: the next begin says what is wrong. */
function undone(db: Grouping, error: unknown): unknown {
  try {
    db.rollback();
    return error;
  } catch (worse) {
    return new AggregateError([error, worse], "carryover: the database could not even be brought back to where it was.");
  }
}
