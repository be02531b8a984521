/** Runs the stage: puts the devices on it, hears the news from the server, and turns the knobs. */
import { createFrame } from "./frame.js";
import { createLogList } from "./log-list.js";
import { createSteps } from "./steps.js";

const stage = document.querySelector(".stage");
const log = createLogList();
const steps = createSteps();
/** @type {Map<string, ReturnType<typeof createFrame>>} */
const frames = new Map();
const serverDown = document.getElementById("server-down");

/** How long a page that empties its storage may take before the stage goes on without it. */
const CLEAN_MS = 4_000;

function put(path, body = {}) {
  return fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

function showWeather({ isServerDown, devices }) {
  serverDown.setAttribute("aria-checked", String(isServerDown));
  for (const [name, frame] of frames) frame.showWeather({ ...devices[name], isCut: isServerDown || devices[name].isOffline });
}

function build(addresses) {
  for (const name of ["phone", "desktop", "kiosk"]) {
    const frame = createFrame({ name, address: addresses[name], change: (weather) => put(`/weather/${name}`, weather) });
    frames.set(name, frame);
    stage.append(frame.wire, frame.element, frame.caption);
  }
}

/** First every page is emptied, then the server forgets, then the pages open again. */
async function startOver() {
  await Promise.all([...frames.values()].map((frame) => Promise.race([frame.clean(), new Promise((resolve) => setTimeout(resolve, CLEAN_MS))])));
  await put("/start-over");
  for (const frame of frames.values()) frame.open();
}

function hear(news) {
  news.addEventListener("hello", ({ data }) => {
    const { addresses, weather, entries, isFresh } = JSON.parse(data);
    const isFirst = frames.size === 0;
    if (isFirst) build(addresses);
    showWeather(weather);
    log.reset(entries);
    if (!isFirst) return;
    if (isFresh) startOver();
    else for (const frame of frames.values()) frame.open();
  });
  news.addEventListener("weather", ({ data }) => showWeather(JSON.parse(data)));
  news.addEventListener("start-over", () => {
    log.reset([]);
    steps.reset();
  });
  news.addEventListener("entry", ({ data }) => {
    const entry = JSON.parse(data);
    const device = log.add(entry);
    frames.get(device)?.light("up");
    steps.entry(device, entry);
  });
  news.addEventListener("heard", ({ data }) => {
    const heard = JSON.parse(data);
    if (log.heard(heard)) frames.get(heard.device)?.light("down");
  });
}

window.addEventListener("message", ({ origin, data }) => {
  const frame = [...frames.values()].find(({ address }) => address === origin);
  if (frame === undefined) return;
  if (data?.carryoverDemoClean) frame.cleaned();
  if (data?.carryoverDemo) {
    frame.showReport(data.carryoverDemo);
    steps.report(frame.name, data.carryoverDemo);
    if (frame.name === "kiosk") frames.get("phone").showOffer(data.carryoverDemo.offer);
  }
});

serverDown.addEventListener("click", () => put("/weather/server", { isDown: serverDown.getAttribute("aria-checked") !== "true" }));
document.getElementById("start-over").addEventListener("click", startOver);
hear(new EventSource("/news"));
