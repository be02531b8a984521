/** Why a shop could not be audited at all. */

/** Its message is a sentence for whoever asked. */
export class Impossible extends Error {
  override readonly name = "Impossible";
}
