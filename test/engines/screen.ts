/** A screen that nobody sees, for a browser that cannot do without one. */
import { once } from "node:events";
import { engine } from "../../scripts/engines.mjs";
import { start } from "./child.js";

export interface Display {
  /** What a program is told to show itself there. */
  readonly env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** Xvfb says on the pipe which number it has found free. */
export async function openDisplay(): Promise<Display> {
  const server = start(engine("screen"), ["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"], process.env, ["ignore", "pipe", "ignore"]);
  const { stdout } = server.process;
  if (stdout === null) throw new Error("Xvfb has no pipe to say its number on.");
  const [number] = (await Promise.race([once(stdout, "data"), once(stdout, "end")])) as [Buffer | undefined];
  if (number === undefined) throw new Error("Xvfb ended before it had a screen.");
  return {
    env: { ...process.env, DISPLAY: `:${String(number).trim()}` },
    close: server.end,
  };
}
