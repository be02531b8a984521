/** Makes docs/benchmarks.md, and README's short table, of what the bench found. */
import { contendersTable, goalsTable, latencyTable, localTable, missedList, pagesTable, pageToPageTable, partsTable, serverTable, sizesTable, storiesTable, tagsTable, unexpressed, wireTable } from "./tables.mjs";
import { number, table, times } from "./words.mjs";

/** The plots that stand in the page, by the name of their file in docs/benchmarks/. */
export const PLOTS = {
  latency: "From a change on one device until another shows it, in milliseconds: median to 99 %, alone and among 200 busy clients",
  server: "What one change costs the server's processor, in milliseconds, among 200 busy clients",
  memory: "What one more idle device costs the server in memory that is in use, in kB",
  wire: "What a device receives, in bytes: of one change, and coming back after one that it missed",
  tags: "What a tag takes of the main thread at a fourth of the speed, in milliseconds",
  sizes: "What the same use weighs on the way to the visitor, in kB",
};

const MARKED = /(<!-- figures -->\n)([\s\S]*?)(<!-- figures -->)/;
/** Eight lines of README say how carryover stands. */
const SHORT = ["latency-p50", "latency-p99", "cpu", "memory", "change-bytes", "resume-bytes", "tag-ms", "size-yjs"];

export function pageOf(results) {
  const { goals } = results;
  const met = goals.filter(({ isMet }) => isMet).length;
  return `${[
    "# Measured against the field",
    intro(results),
    `## The goals\n\n${met} of ${goals.length} are met. Where there is a contender, the goal is a ratio within the same run.\n\n${goalsTable(results)}`,
    met < goals.length && `Where we are not there, and why:\n\n${missedList(results).trimEnd()}`,
    `## Who is measured\n\n${contendersTable(results)}\n${FAIR}`,
    `## From device to device\n\nMilliseconds from the change until the other device shows it. **Busy**: 200 other clients on 100 carts of 10 lines, each with a change a second. A change that was not shown within 5 seconds is counted with 5 seconds.\n\n${latencyTable(results)}\n${FLOOR}\n\n${plot("latency")}\n\nIn Chromium, from the page of one profile to that of another, one after the other, each with all that it keeps in the browser:\n\n${pageToPageTable(results).trimEnd()}`,
    `## The server\n\nOne process, its threads included; PostgreSQL's own processes are not. A change that was not yet seen when the time was over does not count.\n\n${serverTable(results)}\n${MEMORY}\n\n${plot("server")}\n\n${plot("memory")}`,
    `## On the wire\n\nBytes of TCP's payload on a connection of this device's own: heads of HTTP and frames of WebSocket count, TLS and IP do not. A cart of 50 lines, one of which changes: the mean of 20 changes, the median of three visits.\n\n${wireTable(results)}\n${plot("wire")}`,
    `## A tap\n\nMilliseconds from "+" until the cart in the same device shows it, no server near; in Node, without a browser's storage.\n\n${localTable(results)}`,
    `## A page of the shop\n\nMilliseconds in Chromium from the page's address until it shows the cart of 50 lines, script and connection included; coming back, one change was missed and the browser has kept the rest. The last column is the browser's own estimate, which it rounds to its files.\n\n${pagesTable(results)}`,
    `## A tag\n\nThe running of scripts on the main thread, as Chromium's trace has it, for a visitor who was never here, at a fourth of the processor's speed: evaluation, start and first call, and what they do within half a second. The vendors' servers are played by the shop's own, and no host but loopback can be reached.\n\n${tagsTable(results)}\n${BARE}\n\n${outside(results)}\n\n${plot("tags")}`,
    `## Sizes\n\nThe same minimal use (open the cart, keep it on the device, connect, change a quantity), bundled by esbuild, minified, brotli 11.\n\n${sizesTable(results)}\n${plot("sizes")}\n\nBy what it is for, as shares of the minified code:\n\n${partsTable(results).trimEnd()}`,
    `## Ten stories\n\nWhat each ends up with; what is right stands bold. Two devices or more, whose connections are cut for what happens offline. Two values mean that devices differ in the end, or that it is a matter of chance.\n\n${storiesTable(results)}\n${STORIES_NOTES}\n${unexpressed(results).trimEnd()}`,
    NOT_RUN,
    HOW,
  ].filter(Boolean).join("\n\n").replaceAll(/\n{3,}/g, "\n\n").trimEnd()}\n`;
}

function intro({ date, command, machine }) {
  const { cpu, cores, memoryGb, system, node, chromium, before, tookSeconds } = machine;
  return `What shops would use instead, measured in the same run, on the same machine, with the same cart and the same code: \`npm run bench\`.
Made ${date} by \`${command}\` in ${number(tookSeconds / 60)} minutes on ${cores} cores (${cpu}), ${memoryGb} GB, ${system}, Node ${node}, ${chromium};
${before.isQuiet ? "the machine was quiet" : `**the machine was not quiet**: others kept ${before.load} processes busy when it began, so that only ratios say something`}. All numbers are in \`bench/results.json\`.`;
}

const FAIR = `Each is used as its own documentation shows, with its defaults: carryover as \`carryover serve\` and \`createClient\`, the others through
their own servers and clients in the versions above. The server is one process, the two clients that are measured another, the
crowd a third. Hocuspocus asks for Node 22 and was run on the Node above; its SQLite is opened by \`libsql\`, since \`better-sqlite3\`
is compiled at installation. Replicache has no server: what its documentation describes is in \`bench/field/servers/replicache.mjs\`,
over SQLite with every commit flushed. Vendure pushes nothing: the other device asks the moment the first is answered, which no
shop's page could do, and it is measured alone. TinyBase's server without a file keeps no copy.`;

const FLOOR = `*HTTP, flushed* and *a socket, flushed* are no contenders: a server of Node's passes each change on, over event streams or over
WebSockets, once a row of it is flushed to a SQLite; nothing is checked, numbered, merged, or done a second time after a fault. The
first is about what there is to win for anybody who speaks HTTP; about, since it answers in the same moment in which it tells, and
carryover tells first and answers then. carryover speaks HTTP all the same: a browser carries a request on when its page has gone,
and forgets what lay in a socket; and a server that answers requests stands in any framework, and behind any proxy.`;

const MEMORY = `Memory is what 250 more devices cost a server that has 250, each with a cart of 50 lines: what the first cost is mostly V8's own,
which widens the room for young objects once, by up to 32 MB, and then never again. Resident is what the system counts, after the
garbage was collected in every server alike; less than nothing where V8 gave back more than the devices took.`;

const BARE = `*A bare tag* is no contender: it reads what was kept, keeps one change, sends it, and one tab follows the stream for all
(\`bench/field/pages/bare-tag.js\`). Nothing is checked, merged, shown, or done a second time after a fault.`;

const STORIES_NOTES = `The cart is a map of lines, each with its quantity, in Yjs and TinyBase; a document for each line in PouchDB; mutators that add in
Replicache; orders in Vendure. Where there is no sign-in, the application opens the customer's cart and adds to it what the guest
had; where there is no checkout, it orders what the device shows and takes these lines out. In Vendure both devices act at once
on what their screens show; signing out there ends all sessions of the customer, so that another device of theirs shows nothing.
vanilla-cookieconsent keeps an answer in one browser and merges nothing: none of the stories can be told of it.

What cannot be expressed (–):
`;

const NOT_RUN = `## What did not run

* **Zero** (\`@rocicorp/zero\`): needs Node 22, PostgreSQL with logical replication and a SQLite of its own, compiled or fetched by a script at installation. The bench runs no such scripts.
* **LiveStore**, **Electric**, **PowerSync**: their servers come as containers or as a vendor's cloud.
* **RxDB's server**: its licence (SSPL) is not one that every shop may run; CouchDB's replication, which RxDB speaks too, is measured by PouchDB.
* **Snowplow's \`sp.js\`**: not on npm under a name of its own; the tag is bundled from \`@snowplow/browser-tracker\`, which is made of the same sources.`;

const HOW = `## How

Each table is one file in \`bench/field/tables\`; each contender is one file in \`bench/field/devices\`, and one in
\`bench/field/servers\` where it needs a program. Contenders take turns in three rounds; PouchDB and Vendure take part in the first. \`npm run bench -- latency\` measures one table (\`sizes\`, \`latency\`, \`bytes\`,
\`stories\`, \`pages\`, \`tags\`) and keeps nothing. The first run installs \`bench/package.json\` (745 packages, no install script is run);
Chromium and, for its row, PostgreSQL have to be there. \`npm run benchmarks\` makes this page of the results again.`;

function outside({ tags }) {
  const asking = tags.filter(({ outside: hosts }) => hosts.length > 0);
  if (asking.length === 0) return "None asked for a host outside.";
  return asking.map(({ name, outside: hosts }) => `${name} asked for ${hosts.join(", ")}, and was not let.`).join(" ");
}

function plot(name) {
  return `![${PLOTS[name]}](benchmarks/${name}.svg)`;
}

/** README's short table: ours, theirs, and what was aimed at. */
export function readmeTableOf({ goals, stories, contenders }) {
  const rows = SHORT.map((id) => goals.find((goal) => goal.id === id)).map(({ what, unit, against, ours, theirs, value, atMost }) => [
    what, `${number(ours)} ${unit}`, theirs === undefined ? "–" : `${against}: ${number(theirs)} ${unit}`, theirs === undefined ? "–" : times(value), theirs === undefined ? number(atMost) : times(atMost),
  ]);
  const right = (id) => Object.values(stories[id]).filter(({ isRight }) => isRight).length;
  const others = contenders.filter(({ isOurs }) => !isOurs).map(({ id, name }) => ({ name, count: right(id) })).sort((a, b) => b.count - a.count);
  return `\n${table(["what", "carryover:", "beside it:", "ratio:", "goal, at most:"], rows)}\nOf [ten stories](docs/benchmarks.md#ten-stories) carryover ends ${right("carryover")} right, ${others[0].name} ${others[0].count}, y-websocket ${right("y-websocket")}.\n\n`;
}

/** What README shows now, or undefined. */
export function readmeTableIn(readme) {
  return MARKED.exec(readme)?.[2];
}

export function withReadmeTable(readme, results) {
  if (readmeTableIn(readme) === undefined) throw new Error("README.md has no place between <!-- figures --> and <!-- figures --> for the table.");
  return readme.replace(MARKED, (_, before, __, after) => before + readmeTableOf(results) + after);
}
