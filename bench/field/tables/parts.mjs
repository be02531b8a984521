/** Table: what `createClient` is made of, by what each part of it is for, as shares of its minified code. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const entry = fileURLToPath(new URL("../../../src/index.ts", import.meta.url));

/** The first whose name says what a module is for has it. */
const PARTS = [
  ["consent", /consent|gate\.|notice|adoption|withdrawal/],
  ["handoff, lending, kiosk, links", /handoff|kiosk|loan|link/],
  ["who this is: sign-in, sign-out, credentials, cookie, devices", /session|visitor|cookies|devices|seal|release|resumed|take-back|caller/],
  ["observing under a grant", /observe/],
  ["many tabs as one device", /tabs|gossip|turns|browser\/page/],
  ["kept on the device: journal, copy, both stores", /shelf|words|encode|idb-keyval|journal|copy|held|outbox/],
  ["cart, log and fold, and what is admitted", /src\/model/],
  ["up and down: requests, streams, faults, refusals", /src\/wire|push|pull|post|retry|reading|flights|patience|clock|following|settled|restore|refusal|emitter|source/],
  ["the client itself and its options", /client|browser\/device|options|stdin|src\/index/],
];

/** The forms of messages, which the build leaves out of what a page loads. */
const LEFT_OUT = /valibot/;

export async function parts() {
  const { metafile } = await build({
    stdin: { contents: `import { createClient } from ${JSON.stringify(entry)}; createClient({ site: "pk" });`, resolveDir: "." },
    bundle: true, minify: true, write: false, metafile: true, format: "iife", target: "es2022", logLevel: "error",
  });
  const [{ inputs }] = Object.values(metafile.outputs);
  const bytes = new Map(PARTS.map(([name]) => [name, 0]));
  for (const [file, { bytesInOutput }] of Object.entries(inputs)) if (!LEFT_OUT.test(file)) {
    const part = partOf(file);
    bytes.set(part, bytes.get(part) + bytesInOutput);
  }
  const all = [...bytes.values()].reduce((sum, one) => sum + one);
  return [...bytes].map(([name, one]) => ({ name, share: Number((one / all).toFixed(3)) })).sort((a, b) => b.share - a.share);
}

function partOf(file) {
  const found = PARTS.find(([, is]) => is.test(file));
  if (found === undefined) throw new Error(`No part of the client has ${file}.`);
  return found[0];
}
