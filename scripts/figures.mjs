/** Writes what the long tests and the benches have found, bench/reliability/*.json, into docs/reliability.md and docs/security.md: `npm run figures`. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const PAGE = "docs/reliability.md";
const SECURITY = "docs/security.md";
const FOLDER = "bench/reliability/";
const MARKED = /(<!-- figures -->\n)([\s\S]*?)(<!-- figures -->)/;
const GUESSING = /(<!-- guessing -->\n)([\s\S]*?)(<!-- guessing -->)/;

/** One row for each record, one for each of its parts where it has parts. */
export function figuresTable() {
  const rows = readdirSync(FOLDER).filter((name) => name.endsWith(".json")).sort().flatMap((name) => {
    const { node, ...found } = JSON.parse(readFileSync(FOLDER + name, "utf8"));
    return rowsOf(name.replace(".json", ""), found);
  });
  return `\n| what | found |\n| --- | --- |\n${rows.join("")}\n`;
}

/** The table that the page shows now. */
export function figuresIn(page) {
  return MARKED.exec(page)?.[2];
}

/** What guessers got who tried as often as they were let. */
export function guessingTable() {
  const rows = [["named kiosks", "guessing-placed"], ["codes without a place", "guessing-without-place"]].map(([what, name]) => {
    const { addresses, liveCodes, minutes, answered, hits, hitsPerHour } = JSON.parse(readFileSync(`${FOLDER}${name}.json`, "utf8"));
    return `| ${what} | ${addresses} | ${liveCodes} | ${minutes} | ${answered} | ${hits} | ${hitsPerHour.toExponential(1)} |\n`;
  });
  return `\n| where | addresses | live codes | minutes | guesses answered | hits | hits to be expected an hour |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n${rows.join("")}\n`;
}

/** The table that docs/security.md shows now. */
export function guessingIn(page) {
  return GUESSING.exec(page)?.[2];
}

function rowsOf(name, found) {
  const parts = Object.entries(found).filter(([, value]) => isPart(value));
  const own = Object.entries(found).filter(([, value]) => !isPart(value) && !Array.isArray(value));
  const row = own.length > 0 ? [`| ${name} | ${own.map(([what, value]) => `${wordsOf(what)} ${typeof value === "number" ? grouped(value, what) : value}`).join(" · ")} |\n`] : [];
  return [...row, ...parts.flatMap(([part, value]) => rowsOf(`${name}: ${part}`, value))];
}

function isPart(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `peakPerSecondAfter` is "peak per second after". */
function wordsOf(name) {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function grouped(value, what) {
  return what === "seed" || value < 10_000 ? String(value) : String(value).replace(/\B(?=(\d{3})+$)/g, " ");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const page = readFileSync(PAGE, "utf8");
  if (figuresIn(page) === undefined) throw new Error(`${PAGE} has no place between <!-- figures --> and <!-- figures --> for the table.`);
  writeFileSync(PAGE, page.replace(MARKED, (_, before, __, after) => before + figuresTable() + after));
  writeFileSync(SECURITY, readFileSync(SECURITY, "utf8").replace(GUESSING, (_, before, __, after) => before + guessingTable() + after));
}
