/** Loaded into every contender's server: SIGUSR2 collects its garbage and has it say what is left, so that memory is compared and not the collector's mood. */
process.on("SIGUSR2", () => {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  process.stdout.write(`holding ${heapUsed + external} bytes\n`);
});
