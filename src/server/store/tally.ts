/** What the processes that serve one database have to know of each other, lest each of them allows what is allowed once. */
import type { Counted } from "../tries.js";

/** Hashes of who gives a code and where: neither an address nor a place is kept. */
export interface Guesser {
  readonly address: string;
  readonly place?: string | undefined;
}

export interface TallyReading {
  /** Whether this proof of a device's key was used at any process. */
  isProofUsed(id: string): Promise<boolean>;
}

/** Of a file, which has one process, none of it is written: that process remembers it itself. */
export interface TallyWriting {
  /** What all processes have counted of wrong codes. Nobody else counts until the end of the job. */
  wrongCodes(guesser: Guesser, now: number): Promise<Counted>;
  /** Counts one more, whose chance to be right was so great. */
  putWrongCode(guesser: Guesser, hope: number, now: number): Promise<void>;
  /** Forgets those that count no more. */
  dropWrongCodes(now: number): Promise<void>;
  /** Of two jobs that put the same the second is run again, and finds it. */
  putProof(id: string, expiresAt: number): Promise<void>;
  /** Of proofs that nobody would believe any more, at most `limit`; resolves to how many there were. */
  dropProofs(now: number, limit: number): Promise<number>;
}
