/** Takes over what another consent platform has been answered, as a decision of this device. */
import type { ConsentCommands } from "./consent.js";
import type { ConsentSource } from "./source.js";

/** Decides anew when the answers change, and when somebody signs in, since their log has not heard them yet. Returns what stops it. */
export function followSource(source: ConsentSource | undefined, customer: () => string | undefined, subscribe: (listener: () => void) => () => void, decide: ConsentCommands["decide"]): () => void {
  if (!source) return () => {};
  let answers: Readonly<Record<string, boolean>> = {};
  let told: string | undefined;
  const tell = (): void => {
    const next = JSON.stringify([customer(), answers]);
    if (next === told || Object.keys(answers).length === 0) return;
    told = next;
    decide(answers, { layer: source.name });
  };
  const stops = [subscribe(tell), source.follow((heard) => {
    answers = heard;
    tell();
  })];
  return () => stops.forEach((stop) => stop());
}
