/** An address that stays while what is behind it changes: a balancer before servers, or the virtual address of a database. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Socket } from "node:net";
import { atEnd } from "../server/desk.js";

export interface Balancer {
  readonly port: number;
  /** New connections go there from now on; those that stand stay where they are. */
  lead(to: NetConnectOpts): void;
  /** Breaks every connection. */
  cut(): void;
  /** Nothing comes or goes on the connections that stand, as if the machine behind them had lost its power. */
  silence(): void;
}

export async function openBalancer(first: NetConnectOpts): Promise<Balancer> {
  let to = first;
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((here) => {
    const there = connect(to);
    const pair = [here, there] as const;
    pairs.add(pair);
    here.pipe(there).pipe(here);
    for (const [one, other] of [pair, [there, here]] as const) {
      one.on("error", () => undefined); // told to the other end, by its close
      one.on("close", () => {
        other.destroy();
        pairs.delete(pair);
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => [...pairs].flat().forEach((socket) => socket.destroy());
  atEnd(async () => {
    cut();
    server.close();
    await once(server, "close");
  });
  return {
    port: (server.address() as AddressInfo).port,
    lead: (next) => void (to = next),
    cut,
    silence: () => [...pairs].forEach(([here, there]) => {
      here.unpipe(there);
      there.unpipe(here);
      for (const one of [here, there]) one.pause();
    }),
  };
}
