/** The account drawn up after a storm: what devices were told against what the logs hold. A set test in the manner of Jepsen. */

/** What a device has done or heard of one event, in the order it happened. */
export type Step =
  /** Sent, for the first time or again. */
  | { readonly step: "sent"; readonly log: string; readonly id: string }
  /** The server said that the log has the event, under this number. */
  | { readonly step: "acknowledged"; readonly log: string; readonly id: string; readonly seq: number }
  /** A stream showed the event under this number. */
  | { readonly step: "shown"; readonly log: string; readonly id: string; readonly seq: number };

/** An entry as it was read in the end. */
export interface Found {
  readonly log: string;
  readonly id: string;
  readonly seq: number;
}

export interface Account {
  readonly sent: number;
  /** Of these, sent more than once. */
  readonly repeated: number;
  readonly acknowledged: number;
  readonly found: number;
  /** There once although no answer ever said so: allowed, for the answer was lost. */
  readonly unanswered: number;
  /** What is wrong, by event (`log/id`) or number (`log/seq`); all empty when nothing is. */
  readonly wrong: {
    /** Acknowledged, and not there. */
    readonly lost: readonly string[];
    /** There more than once. */
    readonly doubled: readonly string[];
    /** There, and never sent to that log. */
    readonly invented: readonly string[];
    /** Shown on a stream, and not there: told before it was durable. */
    readonly vanished: readonly string[];
    /** Acknowledged or shown under another number than it has. */
    readonly renumbered: readonly string[];
    /** Numbers that no entry has, up to the highest, and numbers that two have. */
    readonly misnumbered: readonly string[];
  };
}

/** Compares a history with what was read after it. */
export function settleAccount(history: readonly Step[], found: readonly Found[]): Account {
  const steps = (wanted: Step["step"]): Step[] => history.filter(({ step }) => step === wanted);
  const sent = new Set(steps("sent").map(keyOf));
  const acknowledged = new Set(steps("acknowledged").map(keyOf));
  const there = new Map(found.map((entry) => [keyOf(entry), entry.seq]));
  const absent = (keys: readonly string[]): string[] => [...new Set(keys.filter((key) => !there.has(key)))];
  const told = history.filter((step) => "seq" in step && there.has(keyOf(step)) && there.get(keyOf(step)) !== step.seq);
  return {
    sent: sent.size,
    repeated: repeated(steps("sent").map(keyOf)).length,
    acknowledged: acknowledged.size,
    found: found.length,
    unanswered: [...there.keys()].filter((key) => sent.has(key) && !acknowledged.has(key)).length,
    wrong: {
      lost: absent([...acknowledged]),
      doubled: repeated(found.map(keyOf)),
      invented: [...there.keys()].filter((key) => !sent.has(key)),
      vanished: absent(steps("shown").map(keyOf)),
      renumbered: [...new Set(told.map(keyOf))],
      misnumbered: misnumbered(found),
    },
  };
}

function keyOf({ log, id }: { readonly log: string; readonly id: string }): string {
  return `${log}/${id}`;
}

function repeated(keys: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(keys.filter((key) => seen.has(key) || !seen.add(key)))];
}

/** Each log's numbers are 1, 2, 3 … to its end, each once. */
function misnumbered(found: readonly Found[]): string[] {
  const logs = new Map<string, number[]>();
  for (const { log, seq } of found) logs.set(log, [...(logs.get(log) ?? []), seq]);
  return [...logs].flatMap(([log, seqs]) => {
    const sorted = seqs.sort((a, b) => a - b);
    return sorted.flatMap((seq, i) => {
      const before = sorted[i - 1] ?? 0;
      return seq === before + 1 ? [] : [`${log}/${seq === before ? seq : before + 1}`];
    });
  });
}
