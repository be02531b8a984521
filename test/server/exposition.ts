/** Reads metrics as strictly as Prometheus does, so that what is written is what is meant. */
import { expect } from "vitest";

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?[\d.]+(?:e[+-]?\d+)?|\+Inf|NaN)$/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/g;

/** All samples; fails when a line is none, stands before its kind is said, or comes twice. */
export function samplesOf(text: string): readonly Sample[] {
  const kinds = new Map<string, string>();
  const seen = new Set<string>();
  expect(text.endsWith("\n")).toBe(true);
  return text.split("\n").slice(0, -1).flatMap((row) => {
    const [, name, kind] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(row) ?? [];
    if (name !== undefined && kind !== undefined) {
      expect(kinds.has(name), row).toBe(false);
      kinds.set(name, kind);
    }
    if (row.startsWith("# ")) return [];
    expect(row).toMatch(line);
    expect(seen.has(row.replace(/ \S+$/, "")), row).toBe(false);
    seen.add(row.replace(/ \S+$/, ""));
    return [sampleOf(row, kinds)];
  });
}

function sampleOf(row: string, kinds: ReadonlyMap<string, string>): Sample {
  const [, name = "", inside = "", value] = line.exec(row) ?? [];
  const labels = Object.fromEntries([...inside.matchAll(label)].map(([, key, text]) => [key, text]));
  expect([...inside.matchAll(label)].map(([all]) => all).join(""), row).toBe(inside);
  const family = kinds.get(name) ?? kinds.get(name.replace(/_(bucket|sum|count)$/, ""));
  expect(family, row).toBeDefined();
  return { name, labels, value: Number(value === "+Inf" ? Infinity : value) };
}

/** The value of the one sample with these labels; 0 where there is none yet. */
export function valueOf(samples: readonly Sample[], name: string, labels: Record<string, string> = {}): number {
  const found = samples.filter((sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value));
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0]?.value ?? 0;
}
