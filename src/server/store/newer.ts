/** Throws for a database that a newer version has made: this one might leave behind, or overwrite, what it does not know. */
export function refuseNewer(what: string, version: number, known: number): void {
  if (version > known) throw new Error(`carryover: ${what} is at version ${version}, made by a newer carryover; this one knows ${known}.`);
}
