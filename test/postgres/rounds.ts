/** Counts how often something is sent to a database for a job: what goes out in one moment goes out as one. */
import { Socket } from "node:net";
import { atEnd } from "../server/desk.js";

interface Sending {
  _writev(chunks: readonly { readonly chunk: Buffer }[], ...rest: unknown[]): void;
  _write(chunk: Buffer, ...rest: unknown[]): void;
}

/** How the driver tells the database to end a transaction: in these words once a connection, then by the name that it gave them. */
const ENDS = /(carryover-\d+)\0COMMIT\0/;

/** How often the transactions that name one of these went to the database. What a server does meanwhile, on its own, is no part of them. */
export function countRounds(): (...names: readonly string[]) => number {
  const { prototype } = Socket as unknown as { prototype: Sending };
  const { _writev, _write } = prototype;
  const open = new WeakMap<object, string[]>();
  const ended: (readonly string[])[] = [];
  let end: string | undefined;
  const note = (socket: object, bytes: Buffer): void => {
    const said = bytes.toString("latin1");
    end ??= ENDS.exec(said)?.[1];
    const sent = [...(open.get(socket) ?? []), said];
    const isEnd = end !== undefined && said.includes(`${end}\0`);
    if (isEnd) ended.push(sent);
    open.set(socket, isEnd ? [] : sent);
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
  return (...names) => ended.filter((sent) => sent.some((said) => names.some((name) => said.includes(name)))).flat().length;
}
