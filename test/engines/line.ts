/** The network between one device and the server: a real proxy whose sockets can be cut, slowed and counted. */
import { createConnection, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

export interface Line {
  /** Where the device finds the server. */
  readonly url: string;
  /** Flight mode: what is open breaks, what is tried fails. */
  cut(): void;
  mend(): void;
  /** The server is ill, says whatever stands in front of it: every request is answered with 500. */
  ail(isIll: boolean): void;
  /** Every byte takes so much longer, each way. */
  slow(ms: number): void;
  /** What has passed on its way up: `POST /v1/push`. */
  readonly requests: readonly string[];
  /** Every byte that the device has sent, as text. */
  readonly sent: string;
  /** Connections that a device has tried, also while the line was cut. */
  readonly tries: number;
  /** Live streams that are open now. */
  readonly streams: number;
  close(): Promise<void>;
}

/** Browsers begin every request with a new packet, and wait for the answer before the next on the same socket. */
const REQUEST = /^[A-Z]+ \S+(?= HTTP\/1\.1\r\n)/;

const ILL = "HTTP/1.1 500 Internal Server Error\r\naccess-control-allow-origin: *\r\ncontent-type: text/html\r\ncontent-length: 3\r\nconnection: close\r\n\r\nill";

export async function createLine(serverPort: number): Promise<Line> {
  const sockets = new Set<Socket>();
  const streams = new Set<Socket>();
  const requests: string[] = [];
  let [isCut, isIll, tries, delayMs, sent] = [false, false, 0, 0, ""];

  const hear = (device: Socket, bytes: Buffer): void => {
    sent += bytes.toString("utf8");
    const request = REQUEST.exec(bytes.toString("latin1", 0, 200))?.[0];
    if (request === undefined) return;
    requests.push(request);
    streams.delete(device);
    if (request === "POST /v1/pull") streams.add(device);
  };

  const proxy = createServer((device) => {
    tries += 1;
    if (isCut) return void device.destroy();
    if (isIll) return void device.once("data", () => device.end(ILL));
    const server = createConnection(serverPort, "127.0.0.1");
    sockets.add(device);
    device.on("data", (bytes) => hear(device, bytes as Buffer));
    device.once("close", () => [sockets, streams].forEach((set) => set.delete(device)));
    carry(device, server, () => delayMs);
    carry(server, device, () => delayMs);
  });
  const port = await listen(proxy);

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend: () => void (isCut = false),
    ail(next) {
      isIll = next;
      if (isIll) for (const socket of sockets) socket.destroy();
    },
    slow: (ms) => void (delayMs = ms),
    get sent() {
      return sent;
    },
    get tries() {
      return tries;
    },
    get streams() {
      return streams.size;
    },
    async close() {
      const closed = new Promise((resolve) => proxy.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Carries bytes one way, in order, however late; the end of one side is the end of the other. */
function carry(from: Socket, to: Socket, delayMs: () => number): void {
  let due = 0;
  const later = (work: () => void): void => {
    due = Math.max(due, Date.now() + delayMs());
    if (due <= Date.now()) work();
    else setTimeout(work, due - Date.now());
  };
  from.on("data", (bytes) => later(() => to.writable && to.write(bytes)));
  from.once("end", () => later(() => to.end()));
  from.once("close", () => later(() => to.destroy()));
  from.once("error", () => to.destroy());
}

/** Listens on a free port of this machine. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
