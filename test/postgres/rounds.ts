/** Counts how often something is sent to a database: what goes out in one moment goes out as one. */
import { Socket } from "node:net";
import { atEnd } from "../server/desk.js";

export function countRounds(): () => number {
  const { prototype } = Socket as unknown as { prototype: { _writev: (...args: unknown[]) => void; _write: (...args: unknown[]) => void } };
  const former = { _writev: prototype._writev, _write: prototype._write };
  let count = 0;
  for (const way of ["_writev", "_write"] as const) prototype[way] = function (this: unknown, ...args: unknown[]) {
    count += 1;
    former[way].apply(this, args);
  };
  atEnd(() => void Object.assign(prototype, former));
  return () => count;
}
