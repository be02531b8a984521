/** The tables of docs/benchmarks.md, each made of the results alone. */
import { STORY_TITLES } from "./stories.mjs";
import { sizeOf, whyMissed } from "./goals.mjs";
import { kilobytes, number, table, times } from "./words.mjs";

export function goalsTable({ goals }) {
  return table(["goal", "carryover:", "beside it", "theirs:", "ratio:", "at most:", "met"], goals.map(({ what, unit, against = "–", ours, theirs, value, atMost, isMet }) => [
    what, `${number(ours)} ${unit}`.trim(), against, theirs === undefined ? "–" : `${number(theirs)} ${unit}`, theirs === undefined ? "–" : times(value), theirs === undefined ? number(atMost) : times(atMost), isMet ? "yes" : "**no**",
  ]));
}

/** One line for each reason, with all that it is the reason for. */
export function missedList(results) {
  const reasons = new Map();
  for (const { id, what } of results.goals.filter(({ isMet }) => !isMet)) {
    const why = whyMissed(id, results);
    reasons.set(why, [...(reasons.get(why) ?? []), what]);
  }
  return [...reasons].map(([why, what]) => `* **${what.join("; ")}**: ${why}.\n`).join("");
}

export function contendersTable({ contenders, versions }) {
  return table(["contender", "packages", "licence", "on the disk when another device is told"], contenders.map(({ name, packages, licence, durability }) => [
    name, packages.map((one) => `\`${one}\` ${versions[one]}`).join(", "), licence, durability,
  ]));
}

export function latencyTable(results) {
  return table(["contender", "p50:", "p95:", "p99:", "p50 of each round:", "busy p50:", "busy p95:", "busy p99:"], rowsOf(withFloors(results), results.latency, ({ idle, busy }) => [
    ...percentiles(idle), idle.roundsP50.map(number).join(", "), ...(busy === undefined ? ["–", "–", "–"] : percentiles(busy)),
  ]));
}

export function pageToPageTable(results) {
  return table(["contender", "p50:", "p95:"], rowsOf(withFloors(results), results.pageToPage, ({ p50, p95 }) => [p50, p95].map(number)));
}

export function serverTable(results) {
  const heads = ["contender", "ms of processor a change, busy:", "changes a processor second:", "changes carried a second:", "ms of processor a change, idle:", "kB one more idle device, resident:", "of it in use:", "bytes a cart on the disk:"];
  return table(heads, rowsOf(withFloors(results), results.latency, ({ idleCpuMsPerUpdate, busy }, { id, name }) => {
    const { residentKbEach, inUseKbEach, storedBytesEach } = results.memory[id] ?? {};
    return [number(busy?.cpuMsPerUpdate), number(busy?.updatesPerCpuSecond), number(busy?.updatesPerSecond), number(idleCpuMsPerUpdate), number(residentKbEach), number(inUseKbEach), /PostgreSQL/.test(name) ? "–" : number(storedBytesEach)];
  }));
}

export function wireTable(results) {
  return table(["contender", "a change, received:", "sent for it:", "answered to the sender:", "coming back, received:", "heads of HTTP in it:", "sent for it:", "first load, received:"], rowsOf(results, results.bytes, (row) => [
    row.receiverDown, row.senderUp, row.senderDown, row.resumeBytes, row.resumeHeadBytes, row.resumeUpBytes, row.firstLoadBytes,
  ].map(number)));
}

export function localTable(results) {
  return table(["contender", "1 line, p50:", "p99:", "50 lines, p50:", "p99:", "200 lines, p50:", "p99:"], rowsOf(results, results.local, (row) => [1, 50, 200].flatMap((lines) => [number(row[lines].p50), number(row[lines].p99)])));
}

export function pagesTable(results) {
  return table(["contender", "first load, median:", "slowest:", "coming back, median:", "slowest:", "kept by the browser:"], rowsOf(results, results.pages, ({ firstMs, againMs, keptBytes }) => [
    number(firstMs.p50), number(firstMs.max), number(againMs.p50), number(againMs.max), kilobytes(keptBytes),
  ]));
}

export function tagsTable({ tags, versions }) {
  return table(["tag", "version", "ms of the main thread, median:", "p95:", "long tasks:", "loads:", "size:"], tags.map(({ name, isFloor, packages, mainThreadMs, longTasks, loads, brotliBytes }) => [
    isFloor ? `*${name}*` : name, versions[packages[0]] ?? "–", number(mainThreadMs.p50), number(mainThreadMs.p95), longTasks, loads, kilobytes(brotliBytes),
  ]));
}

export function sizesTable({ sizes }) {
  return table(["what is bundled", "minified, brotli:"], sizes.map(({ name, brotliBytes }) => [name, kilobytes(brotliBytes)]));
}

/** What `createClient` is made of. */
export function partsTable({ parts, sizes }) {
  return table(["part of `createClient`", "share of its code:", "about:"], parts.map(({ name, share }) => [name, `${number(share * 100)} %`, kilobytes(share * sizeOf(sizes, "carryover"))]));
}

/** A story a row, a contender a column; what is right stands bold. */
export function storiesTable({ stories, contenders }) {
  const columns = contenders.filter(({ id }) => stories[id] !== undefined);
  return table(["story", "right", ...columns.map(({ name }) => name)], Object.entries(STORY_TITLES).map(([id, { title, right }]) => [
    title, right, ...columns.map((one) => endOf(stories[one.id][id])),
  ]));
}

function endOf({ ended, isRight, why }) {
  if (why !== undefined) return "–";
  return isRight ? `**${ended}**` : ended;
}

/** Who cannot express which story, and why: one line for each reason. */
export function unexpressed({ stories, contenders }) {
  const reasons = new Map();
  for (const { id, name } of contenders) for (const [story, { why }] of Object.entries(stories[id] ?? {})) {
    if (why !== undefined) reasons.set(why, [...(reasons.get(why) ?? []), `${name} (${STORY_TITLES[story].title.toLowerCase()})`]);
  }
  return [...reasons].map(([why, who]) => `* ${who.join(", ")}: ${why}.\n`).join("");
}

function percentiles({ p50, p95, p99 }) {
  return [p50, p95, p99].map(number);
}

/** Below the contenders, what there is to win for anybody who flushes what is told. */
function withFloors({ contenders, floors }) {
  return { contenders: [...contenders, ...floors.map(({ id, name }) => ({ id, name: `*${name}*` }))] };
}

function rowsOf({ contenders }, rows, cells) {
  return contenders.filter(({ id }) => rows[id] !== undefined).map((one) => [one.name, ...cells(rows[one.id], one)]);
}
