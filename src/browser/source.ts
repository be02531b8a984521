/** How a consent platform that the shop already has tells carryover what the visitor answered there. */

/** A consent platform that the shop already has: it asks, carryover follows. */
export interface ConsentSource {
  /** Its name, which decisions and receipts carry as their layer: "tcf", "cookiebot" … at most 35 characters. */
  readonly name: string;
  /**
   * Calls with every purpose it has an answer for, at once if it knows already and after each change; never before the
   * visitor has answered. Returns what stops it.
   */
  follow(heard: (answers: Readonly<Record<string, boolean>>) => void): () => void;
}
