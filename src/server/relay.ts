/** One log as this process tells it to its streams: every entry once, in order, and what other processes wrote as well. */
import type { Entry } from "../model/event.js";

export interface Relay {
  /** A stream stands at this seq, and is told all that comes behind it. */
  stand(seq: number): void;
  /** Entries that were written here. */
  announce(entries: readonly Entry[]): void;
  /** There are entries up to this seq, whoever wrote them. */
  remind(seq: number): void;
}

export interface RelayOptions {
  /** The entries behind a seq; at most so many that it may have to be asked again. */
  readonly read: (after: number) => Promise<readonly Entry[]>;
  readonly tell: (entries: readonly Entry[]) => void;
  readonly report: (error: unknown) => void;
}

/**
 * Where an entry is missing between what was told and what is announced, it is read: commits of one log come one after
 * the other, but the word of them may overtake, and what another process wrote is known by its seq alone.
 */
export function createRelay({ read, tell, report }: RelayOptions): Relay {
  /** All streams that stand were told so far; undefined until one does. */
  let told: number | undefined;
  let wanted = 0;
  let isReading = false;

  const deliver = (entries: readonly Entry[]): void => {
    const fresh = entries.filter(({ seq }) => seq > (told as number));
    if (fresh.length === 0) return;
    told = (fresh.at(-1) as Entry).seq;
    tell(fresh);
  };

  const catchUp = async (): Promise<void> => {
    if (isReading) return;
    isReading = true;
    try {
      while (told !== undefined && told < wanted) {
        const [from, aim]: [number, number] = [told, wanted];
        const missing = await read(from);
        if (told !== from) continue; // one stands meanwhile that was told less
        if (missing.length === 0 && aim === wanted) wanted = told; // it was erased, or somebody spoke of what is not there
        deliver(missing);
      }
    } catch (error) {
      report(error); // the database cannot be reached: the next word of this log, or the next look, tries again
    }
    isReading = false;
  };

  return {
    stand(seq) {
      // The others may stand further on, or not so far: it is told again what one of them lacks, and each stream passes over what it has.
      wanted = Math.max(wanted, told ?? seq, seq);
      told = Math.min(told ?? seq, seq);
      void catchUp();
    },
    announce(entries) {
      const [first] = entries;
      if (first === undefined) return;
      if (told !== undefined && !isReading && first.seq <= told + 1) return deliver(entries);
      wanted = Math.max(wanted, (entries.at(-1) as Entry).seq);
      void catchUp();
    },
    remind(seq) {
      wanted = Math.max(wanted, seq);
      void catchUp();
    },
  };
}
