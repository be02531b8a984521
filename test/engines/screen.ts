/** A screen that nobody sees, for a browser that cannot do without one. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { engine } from "../../scripts/engines.mjs";

export interface Display {
  /** What a program is told to show itself there. */
  readonly env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** Xvfb says on the pipe which number it has found free. */
export async function openDisplay(): Promise<Display> {
  const server = spawn(engine("screen"), ["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(server, "exit");
  const [number] = (await Promise.race([once(server.stdout, "data"), ended.then(() => [""])])) as [string];
  if (String(number) === "") throw new Error("Xvfb ended before it had a screen.");
  return {
    env: { ...process.env, DISPLAY: `:${String(number).trim()}` },
    async close() {
      server.kill();
      await ended;
    },
  };
}
