/** A server whose plug can be pulled: killed without warning, and started again on the same file and port. */
import type { Dice } from "./dice.js";
import { run, type Run } from "../server/command.js";

export interface Plug {
  readonly url: string;
  /** Of the process that serves now. */
  readonly pid: number;
  /** What it has said since it was started. */
  readonly said: string;
  /** How often it was killed. */
  readonly pulls: number;
  /** Kills the server at some moment within the next milliseconds, and starts it again. */
  pull(dice: Dice): Promise<void>;
  /** Resolves once somebody listens. */
  up(): Promise<void>;
}

/** Now and then the power goes again while the server is still starting. */
const STARTS_KILLED_ONE_IN = 4;

export async function plugIn(database: string): Promise<Plug> {
  const start = (port: string): Run => run(["serve", "--port", port, "--database", database]);
  let server = start("0");
  const url = await server.listening();
  const { port } = new URL(url);
  let pulls = 0;
  let standing = Promise.resolve();

  const kill = async (): Promise<void> => {
    pulls += 1;
    server.child.kill("SIGKILL");
    const end = await server.ended;
    if (end !== "SIGKILL") throw new Error(`The server ended with ${end} before it was killed: ${server.said()}`);
  };

  const pullOnce = async (dice: Dice): Promise<void> => {
    await moments(dice.throw(10));
    await kill();
    for (server = start(port); dice.once(STARTS_KILLED_ONE_IN); server = start(port)) {
      await moments(dice.throw(200));
      await kill();
    }
    await server.listening();
  };

  return {
    url,
    get pid() {
      return server.child.pid as number;
    },
    get said() {
      return server.said();
    },
    get pulls() {
      return pulls;
    },
    pull: (dice) => (standing = standing.then(() => pullOnce(dice))),
    async up() {
      await standing;
      const { exitCode, signalCode } = server.child;
      if (exitCode !== null || signalCode !== null) throw new Error(`The server ended by itself with ${exitCode ?? signalCode}: ${server.said()}`);
    },
  };
}

/** Not to wait for anything: the fault itself is that nobody knows the moment. */
function moments(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
