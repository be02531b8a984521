/** The goals that carryover is held against, each as a ratio or a number of one run, and what to say where one is missed. */
import { kilobytes, number } from "./words.mjs";

const LEAST = "With each change flushed, and nothing else done,";

const FLUSH = ({ latency: { http, socket } }) => `y-websocket passes a change on from memory, over a socket that is open; ours is on the disk before anybody sees it, and comes in a request of its own, which outlives the page where a socket does not. ${LEAST} HTTP takes ${takenBy(http)}, a socket ${takenBy(socket)}`;
const takenBy = ({ idle, busy }) => `${number(idle.p50)} ms here (99 %: ${number(idle.p99)}) and ${number(busy.p50)} among 200 (${number(busy.p99)})`;

const STREAM = "each device has a stream of HTTP and the state that belongs to it; y-websocket keeps a socket and the whole cart";

/** `find` reads ours, theirs and the ratio out of the results; a goal is met when `value` is at most `atMost`. */
const GOALS = [
  goal("latency-p50", "a change seen on another device, median", "ms", "y-websocket", 3, ({ latency }) => pair(latency, (row) => row.idle.p50), FLUSH),
  goal("latency-p99", "a change seen on another device, 99 %", "ms", "y-websocket", 1.5, ({ latency }) => pair(latency, (row) => row.idle.p99), FLUSH),
  goal("busy-p50", "the same among 200 busy clients, median", "ms", "y-websocket", 3, ({ latency }) => pair(latency, (row) => row.busy.p50), FLUSH),
  goal("busy-p99", "the same among 200 busy clients, 99 %", "ms", "y-websocket", 1.5, ({ latency }) => pair(latency, (row) => row.busy.p99), FLUSH),
  goal("durable", "a change seen on another device, against the fastest that is durable too", "ms", "Replicache, SQLite", 0.1, (results) => ({ ours: results.latency.carryover.idle.p50, theirs: fastestDurable(results) }), (results) => `Replicache waits 10 ms before it sends, and asks for what is new in a request of its own; a tenth of that is ${number(fastestDurable(results) / 10)} ms, and HTTP with each change flushed, and nothing else done, takes ${number(results.latency.http.idle.p50)}`),
  goal("cpu", "the server's time for one change, among 200 busy clients", "ms", "y-websocket", 1.5, ({ latency }) => pair(latency, (row) => row.busy.cpuMsPerUpdate), ({ latency: { http, socket } }) => `carryover's server checks each change, numbers it, writes it and flushes it, where y-websocket's passes bytes on. ${LEAST} HTTP takes ${number(http.busy.cpuMsPerUpdate)} ms, a socket ${number(socket.busy.cpuMsPerUpdate)}`),
  goal("memory", "the server's memory for one more idle device with its cart", "kB", "y-websocket", 0.45, ({ memory }) => pair(memory, (row) => row.residentKbEach), STREAM),
  goal("memory-in-use", "of that memory what is in use once the garbage is collected", "kB", "y-websocket", 0.45, ({ memory }) => pair(memory, (row) => row.inUseKbEach), STREAM),
  goal("change-bytes", "what a device receives of one change, HTTP's or WebSocket's frames included", "bytes", undefined, 150, ({ bytes }) => ({ ours: bytes.carryover.receiverDown }), "an entry of the log names its event, its author and its time, where Yjs sends a number and a value"),
  goal("resume-bytes", "what it receives when it comes back after one missed change", "bytes", undefined, 300, ({ bytes }) => ({ ours: bytes.carryover.resumeBytes }), ({ bytes }) => `${number(bytes.carryover.resumeHeadBytes)} of it are the head of HTTP's answer: its type, date and name, that nobody on the way is to keep it or hold it back, and who may read it. What is left is a greeting and the entry`),
  goal("tag-ms", "a tag's evaluation, start and first call, at a fourth of the speed", "ms", "Plausible", 1, ({ tags }) => ({ ours: tagOf(tags, "carryover").mainThreadMs.p50, theirs: tagOf(tags, "plausible").mainThreadMs.p50 }), ({ tags }) => `Plausible's script sends a page view; ours opens a cart, consent and a connection, and is ten times as large. Of a load the two requests take the most, and after them what a browser needs to open its storages; the rest lies spread over all that a cart does. A bare tag that keeps a change, sends it and follows the stream, and can do nothing else, takes ${number(tagOf(tags, "bare").mainThreadMs.p50)} ms here`),
  goal("long-tasks", "tasks of more than 50 ms in all loads of the tag", "", undefined, 0, ({ tags }) => ({ ours: tagOf(tags, "carryover").longTasks }), "the client is made in one task, what the page asked for is done in a second, and the first answer taken in in a third: each takes 10 to 40 ms at that speed, and now and then more"),
  goal("size-yjs", "`createClient` and what it needs", "bytes", "Yjs, y-websocket, y-indexeddb", 0.4, ({ sizes }) => ({ ours: sizeOf(sizes, "carryover"), theirs: sizeOf(sizes, "yjs") }), ({ parts, sizes }) => `consent, handoff, sign-in and observing are in ours, where Yjs leaves them to the application; without them it would still be about ${kilobytes(sizeOf(sizes, "carryover") * (1 - shareOf(parts, EXTRAS)))}, since a cart that loses nothing is a journal, two stores, tabs that take over, retries and a fold of its own`),
  goal("size-rudderstack", "the tag", "bytes", "RudderStack", 0.3, ({ sizes }) => ({ ours: sizeOf(sizes, "tag-carryover"), theirs: sizeOf(sizes, "tag-rudderstack") }), "below that the tag would have to do less, or load a part of it later"),
  goal("stories", "of ten stories, those that end wrong", "", undefined, 0, ({ stories }) => ({ ours: Object.values(stories.carryover).filter(({ isRight }) => !isRight).length }), "see the table of stories"),
];

function goal(id, what, unit, against, atMost, find, why) {
  return { id, what, unit, against, atMost, find, why };
}

function pair(rows, read) {
  return { ours: read(rows.carryover), theirs: read(rows["y-websocket"]) };
}

function fastestDurable({ latency, contenders }) {
  return Math.min(...contenders.filter(({ isDurable, isOurs }) => isDurable && !isOurs).map(({ id }) => latency[id].idle.p50));
}

/** The parts of the client that Yjs has nothing of. */
const EXTRAS = /consent|handoff|who this is|observing/;
const shareOf = (parts, which) => parts.filter(({ name }) => which.test(name)).reduce((sum, { share }) => sum + share, 0);
const tagOf = (tags, id) => tags.find((tag) => tag.id === id);

/** What one of the bundles weighs. */
export function sizeOf(sizes, id) {
  return sizes.find((one) => one.id === id).brotliBytes;
}

/** Each goal with what was found; where there is nobody to compare with, the number itself is held against the limit. */
export function goalsOf(results) {
  return GOALS.map(({ id, what, unit, against, atMost, find }) => {
    const { ours, theirs } = find(results);
    const value = theirs === undefined ? ours : Number((ours / theirs).toFixed(3));
    return { id, what, unit, against, ours, theirs, value, atMost, isMet: value <= atMost };
  });
}

/** Why a goal is missed, in one clause. */
export function whyMissed(id, results) {
  const { why } = GOALS.find((one) => one.id === id);
  return typeof why === "function" ? why(results) : why;
}
