/** Counts what happens in the server, and writes the counts down in the form that Prometheus reads (text format 0.0.4). */

/** Something that only grows. */
export interface Counter {
  /** `labels` in the order in which the counter names them. */
  add(labels?: readonly string[], by?: number): void;
}

/** How long something took, counted by bounds. */
export interface Histogram {
  observe(seconds: number, label?: string): void;
}

/** What a gauge shows when it is looked at: one number, or one for each value of its label. */
export type Level = number | ReadonlyMap<string, number>;

export interface Meter {
  counter(name: string, about: string, labels?: readonly string[]): Counter;
  histogram(name: string, about: string, bounds: readonly number[], label?: string): Histogram;
  gauge(name: string, about: string, read: () => Level, label?: string): void;
  /** A counter that somebody else keeps. */
  reading(name: string, about: string, read: () => number): void;
  text(): string;
}

/** Between two values of labels; stands in none of them. */
const BETWEEN = "\n";

export function createMeter(): Meter {
  const families = new Map<string, () => string>();
  const add = (name: string, about: string, type: "counter" | "gauge" | "histogram", lines: () => string): void => {
    if (families.has(name)) throw new Error(`carryover: there are two measures of the name ${name}.`);
    families.set(name, () => `# HELP ${name} ${about}\n# TYPE ${name} ${type}\n${lines()}`);
  };
  return {
    counter(name, about, labels = []) {
      const counts = new Map<string, number>(labels.length === 0 ? [["", 0]] : []);
      add(name, about, "counter", () => [...counts].map(([key, n]) => `${name}${braced(labels, key.split(BETWEEN))} ${n}\n`).join(""));
      return {
        add(values = [], by = 1) {
          const key = values.join(BETWEEN);
          counts.set(key, (counts.get(key) ?? 0) + by);
        },
      };
    },
    histogram(name, about, bounds, label) {
      const spreads = new Map<string, Spread>(label === undefined ? [["", emptySpread(bounds)]] : []);
      add(name, about, "histogram", () => [...spreads].map(([value, spread]) => spreadText(name, bounds, spread, label === undefined ? [] : [[label, value]])).join(""));
      return {
        observe(seconds, value = "") {
          const spread = spreads.get(value) ?? emptySpread(bounds);
          spreads.set(value, spread);
          note(spread, bounds, seconds);
        },
      };
    },
    gauge: (name, about, read, label) => add(name, about, "gauge", () => levelText(name, read(), label)),
    reading: (name, about, read) => add(name, about, "counter", () => levelText(name, read())),
    text: () => [...families.values()].map((write) => write()).join(""),
  };
}

interface Spread {
  /** How many fell into each bound, and last those beyond all. */
  readonly counts: number[];
  sum: number;
}

function emptySpread(bounds: readonly number[]): Spread {
  return { counts: [...bounds.map(() => 0), 0], sum: 0 };
}

function note(spread: Spread, bounds: readonly number[], seconds: number): void {
  let at = 0;
  while (at < bounds.length && seconds > (bounds[at] as number)) at += 1;
  spread.counts[at] = (spread.counts[at] as number) + 1;
  spread.sum += seconds;
}

type Label = readonly [name: string, value: string];

function spreadText(name: string, bounds: readonly number[], { counts, sum }: Spread, labels: readonly Label[]): string {
  let all = 0;
  const lines = counts.map((n, i) => `${name}_bucket${marked([...labels, ["le", String(bounds[i] ?? "+Inf")]])} ${(all += n)}\n`);
  return `${lines.join("")}${name}_sum${marked(labels)} ${sum}\n${name}_count${marked(labels)} ${all}\n`;
}

function levelText(name: string, level: Level, label = ""): string {
  if (typeof level === "number") return `${name} ${level}\n`;
  return [...level].map(([value, n]) => `${name}${marked([[label, value]])} ${n}\n`).join("");
}

function braced(names: readonly string[], values: readonly string[]): string {
  return marked(names.map((name, i) => [name, values[i] ?? ""]));
}

function marked(labels: readonly Label[]): string {
  return labels.length === 0 ? "" : `{${labels.map(([name, value]) => `${name}="${value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n")}"`).join(",")}}`;
}
