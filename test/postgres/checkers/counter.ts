/** A number that is only added to lies between what was acknowledged and what was tried. */
import type { Sent } from "./history.js";

export interface CounterFault {
  readonly line: string;
  readonly found: number;
  readonly least: number;
  readonly most: number;
}

/** `quantities` is what each line of one cart came to in the end. */
export function checkCounter(sent: readonly Sent[], quantities: ReadonlyMap<string, number>): readonly CounterFault[] {
  const lines = new Set([...sent.map(({ line }) => line), ...quantities.keys()]);
  return [...lines].flatMap((line) => {
    const ofLine = sent.filter((one) => one.line === line);
    const sum = (some: readonly Sent[]): number => some.reduce((total, { n }) => total + n, 0);
    const [found, least, most] = [quantities.get(line) ?? 0, sum(ofLine.filter(({ seq }) => seq !== undefined)), sum(ofLine)];
    return found < least || found > most ? [{ line, found, least, most }] : [];
  });
}
