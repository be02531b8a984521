/** Tells whoever runs the server what is wrong with it. */
import { Refused } from "./refusal.js";

/** Hears of faults of the server's own, which no caller is told about. */
export type Report = (error: unknown, requestId?: string) => void;

const SELDOM_MS = 60_000;

/** At most one word a minute: a disk that is full is not to be filled with the news of it. */
export function seldom(report: Report, now: () => number): Report {
  let toldAt = -Infinity;
  return (error, requestId) => {
    if (now() - toldAt < SELDOM_MS) return;
    toldAt = now();
    report(error, requestId);
  };
}

/** Every fault at once, and of weather, which lasts and meets everybody, a word a minute. */
export function calm(report: Report, now: () => number): Report {
  const reportWeather = seldom(report, now);
  return (error, requestId) => (error instanceof Refused ? reportWeather : report)(error, requestId);
}
