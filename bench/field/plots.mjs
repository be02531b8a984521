/** Draws the plots of docs/benchmarks.md as SVG, readable on a light and on a dark page. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** The page's own colour is unknown to a picture, so it follows the reader's: dark text by day, light text by night. */
const STYLE = "svg{background:#fff;color:#1f2328}text{font:12px system-ui,sans-serif}@media(prefers-color-scheme:dark){svg{background:#0d1117;color:#e6edf3}}";
/** Told apart by those who see no red or green as well; both stand out on white and on black. */
const [OURS, THEIRS, NOBODYS] = ["#d97706", "#5b8def", "#8b949e"];
const [WIDTH, LEFT, ROW] = [720, 230, 26];

export function drawnOf(results) {
  const { contenders } = results;
  const floors = results.floors.map(({ id, name }) => ({ name, isFloor: true, ...results.latency[id] }));
  const named = (rows, read) => contenders.filter(({ id }) => rows[id] !== undefined).map((one) => ({ name: one.name, isOurs: one.isOurs, ...read(rows[one.id], one) }));
  return {
    latency: ranges([...named(results.latency, ({ idle, busy }) => ({ idle, busy })), ...floors]),
    server: bars(named(results.latency, ({ busy }) => ({ value: busy?.cpuMsPerUpdate })).filter(({ value }) => value !== undefined), "ms"),
    memory: bars(named(results.memory, ({ inUseKbEach }) => ({ value: inUseKbEach })), "kB"),
    wire: wire(named(results.bytes, ({ receiverDown, resumeBytes }) => ({ receiverDown, resumeBytes }))),
    tags: bars(results.tags.map(({ name, id, mainThreadMs }) => ({ name, isOurs: id === "carryover", value: mainThreadMs.p50 })), "ms"),
    sizes: bars(results.sizes.map(({ name, id, brotliBytes }) => ({ name, isOurs: /carryover/.test(id), value: brotliBytes / 1_000 })), "kB", 320),
  };
}

/** One bar a row, its number behind it, ours in a colour of its own. */
function bars(rows, unit, left = LEFT) {
  return draw(rows, left, { x: { label: unit, grid: true, insetRight: 50 } }, [
    Plot.barX(rows, { x: "value", y: "name", fill: ({ isOurs }) => (isOurs ? OURS : THEIRS) }),
    Plot.text(rows, { x: "value", y: "name", text: ({ value }) => String(Number(value.toPrecision(3))), textAnchor: "start", dx: 5, fill: "currentColor" }),
    Plot.ruleX([0]),
  ]);
}

/** From the median to 99 %, on a scale of powers of ten: alone above, among others below. */
function ranges(rows) {
  const ends = rows.flatMap(({ name, isOurs, isFloor, idle, busy }) => [{ name, isOurs, isFloor, ...idle }, ...(busy ? [{ name, isOurs, isFloor, isBusy: true, ...busy }] : [])]);
  const marks = [false, true].flatMap((isBusy) => {
    const those = ends.filter((end) => Boolean(end.isBusy) === isBusy);
    const colour = ({ isOurs, isFloor }) => (isFloor ? NOBODYS : isOurs ? OURS : THEIRS);
    const dy = isBusy ? 6 : -5;
    return [
      Plot.ruleY(those, { x1: "p50", x2: "p99", y: "name", stroke: colour, strokeWidth: 2, strokeDasharray: isBusy ? "3,3" : undefined, dy }),
      Plot.dot(those, { x: "p50", y: "name", fill: colour, r: 4, dy }),
      Plot.dot(those, { x: "p99", y: "name", stroke: colour, r: 3, strokeWidth: 1.5, dy }),
    ];
  });
  return draw(rows, LEFT, { x: { type: "log", label: "ms; full dot: median, open dot: 99 %; dashed: among 200 busy clients", grid: true, tickFormat: String, ticks: 6 } }, marks, 34);
}

function wire(rows) {
  const marks = [["receiverDown", -5, 5], ["resumeBytes", 6, 5]].flatMap(([what, dy]) => [
    Plot.dot(rows, { x: what, y: "name", fill: what === "receiverDown" ? ({ isOurs }) => (isOurs ? OURS : THEIRS) : "none", stroke: ({ isOurs }) => (isOurs ? OURS : THEIRS), strokeWidth: 2, r: 4, dy }),
    Plot.text(rows, { x: what, y: "name", text: (row) => String(row[what]), textAnchor: "start", dx: 8, dy, fill: "currentColor", fontSize: 10 }),
  ]);
  return draw(rows, LEFT, { x: { type: "log", label: "bytes; full dot: a change, open dot: coming back", grid: true, tickFormat: String, ticks: 5, insetRight: 40 } }, marks, 34);
}

function draw(rows, left, { x }, marks, row = ROW) {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const svg = Plot.plot({ document, width: WIDTH, height: rows.length * row + 72, marginLeft: left, marginBottom: 50, x: { labelOffset: 44, ...x }, y: { label: null, domain: rows.map(({ name }) => name), tickSize: 0 }, marks: [...marks] });
  svg.querySelectorAll("style").forEach((style) => style.remove());
  const style = document.createElement("style");
  style.textContent = STYLE;
  svg.prepend(style);
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return `${svg.outerHTML}\n`;
}
