/** What all platforms have in common: an answer is passed on when it is new, and nothing that goes wrong there reaches the page. */
import type { ConsentSource } from "../browser/source.js";

/** The visitor's answers by the shop's purposes. */
export type Answers = Readonly<Record<string, boolean>>;

/** Takes what the platform says now; undefined while it has no answer. */
export type Tell = (answers: Answers | undefined) => void;

/** Makes a source of a way to listen, which returns what stops it. Where there is no page nobody answers. */
export function createSource(name: string, listen: (tell: Tell) => () => void): ConsentSource {
  return {
    name,
    follow(heard) {
      if (typeof document === "undefined") return () => {};
      let told: Answers = {};
      let isOver = false;
      const stop = quietly(() => listen((answers) => {
        // An answer that was taken back is a withdrawal; one that was never given is nothing.
        const next = answers ?? Object.fromEntries(Object.keys(told).map((purpose) => [purpose, false]));
        // Not every platform lets go of a listener.
        if (isOver || isSame(next, told)) return;
        told = next;
        quietly(() => heard(next));
      }));
      return () => {
        isOver = true;
        quietly(() => stop?.());
      };
    },
  };
}

/** Does it, and tells the console what went wrong: neither the page nor its platform is to stumble over us. */
export function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    console.error(error);
    return undefined;
  }
}

/** Platforms come late and in no order, through tag managers: `look` is asked now and after every script, until it has found one. */
export function onArrival(look: () => boolean): () => void {
  const again = (): void => void (quietly(look) === true && stop());
  const stop = (): void => ["load", "readystatechange"].forEach((type) => document.removeEventListener(type, again, true));
  // A script's load event does not bubble, but it is captured on its way down.
  for (const type of ["load", "readystatechange"]) document.addEventListener(type, again, true);
  again();
  return stop;
}

function isSame(one: Answers, other: Answers): boolean {
  const purposes = Object.keys({ ...one, ...other });
  return purposes.every((purpose) => one[purpose] === other[purpose]);
}
