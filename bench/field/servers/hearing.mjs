/** How a contender's server says that it listens, for those whose own program cannot be given any free port. */

/** Told to whoever started the process, who waits for this line. */
export function sayListening({ port }) {
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
}

/** Ends in good order when asked: what is kept is closed first. */
export function onEnd(close) {
  process.once("SIGTERM", () => void Promise.resolve(close()).finally(() => process.exit(0)));
}
