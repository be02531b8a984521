/** Where an engine does not do what the others do. README shows this table, and a test compares the two. */
import type { EngineName } from "./engine.js";

export interface Exception {
  readonly engine: EngineName;
  readonly what: Matter;
  /** What is so there, and what the test expects instead. */
  readonly instead: string;
}

export type Matter = "a dead tab's stream" | "killed in the middle of a task" | "back and forward" | "web vitals" | "a cookie without https";

export const EXCEPTIONS: readonly Exception[] = [
  {
    engine: "Firefox", what: "a dead tab's stream",
    instead: "the browser leaves the connection of a killed process open; another tab takes over all the same, with one stream of its own",
  },
  {
    engine: "Firefox", what: "killed in the middle of a task",
    instead: "localStorage is handed over when the task ends, so that a process killed before that loses the last addition; one that is killed in the next task has lost nothing",
  },
  {
    engine: "Firefox", what: "back and forward",
    instead: "a page that held a lock, or waited for one, when it was left is loaded anew, not restored; it is current within the same second",
  },
  {
    engine: "Firefox", what: "web vitals",
    instead: "the browser does not say how its pages shift: LCP is told, INP from version 144 on, CLS is not",
  },
  {
    engine: "WebKit", what: "web vitals",
    instead: "the browser says neither what was painted last, nor how long an input took, nor how its pages shift: FCP and TTFB are told",
  },
  {
    engine: "WebKit", what: "a cookie without https",
    instead: "a secure cookie of a page without https is not kept, on the developer's own machine either, where the others keep it: there the visitor is known as without the option",
  },
];

/** Whether this engine is known to do it otherwise. */
export function differs(engine: EngineName, what: Matter): boolean {
  return EXCEPTIONS.some((exception) => exception.engine === engine && exception.what === what);
}
