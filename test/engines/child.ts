/** A program that a test starts, and that never outlives it. */
import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";

export interface Child {
  readonly process: ChildProcess;
  readonly isRunning: boolean;
  /** Resolves once it has ended. */
  end(): Promise<void>;
}

export function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env, stdio: StdioOptions = "ignore"): Child {
  const child = spawn(program, args, { env, stdio });
  const ended = once(child, "exit");
  const kill = (): void => void child.kill();
  // A test that is broken off closes nothing.
  process.once("exit", kill);
  void ended.then(() => process.off("exit", kill));
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    process: child,
    get isRunning() {
      return isRunning();
    },
    async end() {
      if (isRunning()) kill();
      await ended;
    },
  };
}
