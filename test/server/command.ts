/** The command as a process of its own: what it says, where it listens, how it ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { atEnd } from "./desk.js";

export interface Run {
  readonly child: ChildProcess;
  readonly said: () => string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  /** The address it printed. */
  listening(): Promise<string>;
}

/** Starts the built command; it ends with the test at the latest. */
export function run(args: readonly string[], [program, ...before]: readonly [string, ...string[]] = [process.execPath], env: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(program, [...before, "dist/command.js", ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  let said = "";
  let heard = (): void => {};
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => {
    said += data.toString();
    heard();
  });
  const ended = new Promise<number | string | null>((resolve) => child.on("close", (code, signal) => resolve(code ?? signal)));
  atEnd(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const listening = async (): Promise<string> => {
    const address = (): string | undefined => /^carryover listening on (http:\/\/\S+)$/m.exec(said)?.[1];
    while (address() === undefined) {
      await Promise.race([new Promise<void>((resolve) => (heard = resolve)), ended.then((code) => { throw new Error(`It ended with ${code}: ${said}`); })]);
    }
    return address() as string;
  };
  return { child, ended, listening, said: () => said };
}
