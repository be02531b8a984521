/** What the bench says while it runs; the figures themselves go to the standard output. */

export function tell(sentence) {
  process.stderr.write(`carryover: ${sentence}\n`);
}
