/** Starts one PostgreSQL for all tests of this room. */
import type { TestProject } from "vitest/node";
import { startCluster } from "../../scripts/cluster.mjs";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder with the socket, and the folder with the programs. */
    readonly postgres: { readonly socket: string; readonly bin: string };
  }
}

export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { socket, bin, stop } = await startCluster();
  provide("postgres", { socket, bin });
  return stop;
}
