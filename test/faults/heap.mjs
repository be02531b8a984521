/** Loaded in front of the server's command: when asked by a signal, it says how much memory is left after everything unneeded was thrown away. */
process.on("SIGUSR2", () => {
  globalThis.gc();
  globalThis.gc();
  console.log(`heap ${process.memoryUsage().heapUsed + process.memoryUsage().external}`);
});
