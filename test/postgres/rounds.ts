/** Counts how often something is sent to a database for a job: what goes out in one moment goes out as one. */
import { Socket } from "node:net";
import { atEnd } from "../server/desk.js";

interface Sending {
  _writev(chunks: readonly { readonly chunk: Buffer }[], ...rest: unknown[]): void;
  _write(chunk: Buffer, ...rest: unknown[]): void;
}

/** What servers say to each other, on a connection of its own and in its own time, is no part of a job. */
export function countRounds(): () => number {
  const { prototype } = Socket as unknown as { prototype: Sending };
  const { _writev, _write } = prototype;
  const buses = new WeakSet<object>();
  let count = 0;
  const note = (socket: object, said: Buffer): void => {
    if (said.includes("carryover bus") || said.includes("pg_notify")) buses.add(socket);
    if (!buses.has(socket)) count += 1;
  };
  prototype._writev = function (this: Sending, chunks, ...rest) {
    note(this, Buffer.concat(chunks.map(({ chunk }) => Buffer.from(chunk))));
    _writev.call(this, chunks, ...rest);
  };
  prototype._write = function (this: Sending, chunk, ...rest) {
    note(this, Buffer.from(chunk));
    _write.call(this, chunk, ...rest);
  };
  atEnd(() => void Object.assign(prototype, { _writev, _write }));
  return () => count;
}
