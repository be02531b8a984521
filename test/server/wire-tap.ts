/** Speaks to a server byte by byte, as only somebody with ill intent or a bad line does. */
import { connect, type Socket } from "node:net";
import { atEnd } from "./desk.js";

export interface Tap {
  say(bytes: string | Uint8Array): void;
  /** No more is said, but listened. */
  end(): void;
  /** Takes nothing of what arrives, until it takes everything again. */
  pause(): void;
  resume(): void;
  /** The line is cut. */
  cut(): void;
  /** Waits until so many answers have begun, or the other end has hung up; their status codes. */
  answers(count?: number): Promise<number[]>;
  /** All that was heard. */
  readonly heard: string;
  /** Resolves when the other end has hung up. */
  readonly over: Promise<void>;
}

/** `hear` is told what arrives when it arrives. */
export function tap(url: string, hear: (text: string) => void = () => {}): Tap {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  let heard = "";
  let wake = (): void => {};
  let isOver = false;
  const over = new Promise<void>((resolve) => socket.on("close", () => {
    isOver = true;
    wake();
    resolve();
  }));
  socket.on("data", (data) => {
    heard += data.toString("latin1");
    hear(data.toString("latin1"));
    wake();
  });
  socket.on("error", () => {}); // a line that the other end cuts while something is said: `over` tells
  atEnd(() => void socket.destroy());
  const statuses = (): number[] => [...heard.matchAll(/HTTP\/1\.1 (\d{3}) (?!Continue)/g)].map(([, status]) => Number(status));
  return {
    say: (bytes) => void socket.write(bytes),
    end: () => void socket.end(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    cut: () => void socket.destroy(),
    async answers(count = 1) {
      while (!isOver && statuses().length < count) await new Promise<void>((resolve) => (wake = resolve));
      return statuses();
    },
    get heard() {
      return heard;
    },
    over,
  };
}

/** A message as it goes over the line. */
export function lettersOf(path: string, body: string, headers: Record<string, string> = {}): string {
  const lines = Object.entries({ host: "sync.example", "content-length": String(Buffer.byteLength(body)), ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}
