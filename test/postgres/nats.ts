/** A NATS of a test's own, which ends with it. */
import { startNats as startAny } from "../../scripts/nats.mjs";
import { atEnd } from "../server/desk.js";

export type Nats = Awaited<ReturnType<typeof startAny>>;

export async function startNats(): Promise<Nats> {
  const nats = await startAny();
  atEnd(() => nats.stop());
  return nats;
}
