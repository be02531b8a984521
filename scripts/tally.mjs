/** A reporter for vitest that closes the whole run with one plain line, `N passed, N failed`, which any tool can read. */
import { writeSync } from "node:fs";

export class Tally {
  onTestRunEnd(modules, errors) {
    let passed = 0;
    // What went wrong outside of a test (a file that does not load, a promise nobody caught) has failed as well.
    let failed = errors.length;
    for (const module of modules) {
      const before = failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        if (state === "failed") failed += 1;
      }
      if (module.state() === "failed" && failed === before) failed += 1;
    }
    // Last of all: the other reporters still have something to say when the run ends.
    process.once("exit", () => writeSync(1, `\n${passed} passed, ${failed} failed\n`));
  }
}
