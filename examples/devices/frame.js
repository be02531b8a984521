/** One device on the stage: its drawn frame with the page in it, what stands under it, and its knobs. */
import { el, say } from "/shop/element.js";

/** How wide each page believes its screen is, in CSS pixels, and what is written under it. */
const kinds = {
  phone: { width: 376, title: "Phone", channel: "app", made: "single-page app" },
  desktop: { width: 800, title: "Desktop", channel: "web", made: "page with the tag" },
  kiosk: { width: 480, title: "Kiosk", channel: "kiosk", made: "in the store" },
};

const people = { anna: "Anna", bram: "Bram" };
const states = { live: "● live", "catching-up": "◐ catching up", offline: "○ offline", local: "– nothing to send" };
/** How long a line stays lit; the moving dot takes as long. */
const LIT_MS = 700;

/**
 * @param {{ name: "phone" | "desktop" | "kiosk", address: string, change: (weather: object) => void }} device
 */
export function createFrame({ name, address, change }) {
  const { width, title, channel, made } = kinds[name];
  const page = el("iframe", { title: `${title}: the shop`, allow: "clipboard-write" });
  const screen = el("div", { class: "screen" }, page);
  const scan = el("button", { class: "primary scan", type: "button", hidden: true }, "Scan the kiosk’s code");
  const element = el("div", { class: `device ${name}` }, screen, el("div", { class: "stand", "aria-hidden": "true" }), scan);
  const wire = el("div", { class: `wire to-${name}`, "aria-hidden": "true" });
  const knobs = createKnobs(address, change);
  const status = el("p", { class: "status", role: "status" }, "– starting");
  const caption = el("section", { class: `caption of-${name}`, "aria-label": title },
    el("p", { class: "who" }, el("strong", {}, title), el("span", { class: "muted" }, `channel ${channel} · ${made}`)), status, knobs.element);
  fit(page, screen, width);
  const open = (url = address) => page.setAttribute("src", url);
  return { name, address, element, wire, caption, open, ...wires(wire), ...reports(status, scan, open), ...cleaning(page, address), showWeather: showWeather(knobs, page, address) };
}

/** Shows a page of `width` pixels in whatever room the frame has. */
function fit(page, screen, width) {
  new ResizeObserver(([{ contentRect }]) => {
    const scale = contentRect.width / width;
    page.style.width = `${width}px`;
    page.style.height = `${contentRect.height / scale}px`;
    page.style.transform = `scale(${scale})`;
  }).observe(screen);
}

function createKnobs(address, change) {
  const flight = el("button", { type: "button", role: "switch", "aria-checked": "false" }, "Flight mode");
  const latency = el("select", { "aria-label": "Latency" }, ...[0, 200, 1000].map((ms) => el("option", { value: ms }, ms === 0 ? "No delay" : `${ms} ms`)));
  const tab = el("a", { class: "button", href: address, target: "_blank", rel: "noopener" }, "Second tab");
  flight.addEventListener("click", () => change({ isOffline: flight.getAttribute("aria-checked") !== "true" }));
  latency.addEventListener("change", () => change({ latencyMs: Number(latency.value) }));
  return { element: el("div", { class: "knobs" }, flight, latency, tab), flight, latency };
}

function showWeather({ flight, latency }, page, address) {
  let wasCut = false;
  return ({ isOffline, latencyMs, isCut }) => {
    flight.setAttribute("aria-checked", String(isOffline));
    latency.value = String(latencyMs);
    if (isCut !== wasCut) page.contentWindow?.postMessage({ network: isOffline ? "offline" : "online" }, address);
    wasCut = isCut;
  };
}

function reports(status, scan, open) {
  let offered;
  scan.addEventListener("click", () => open(offered));
  return {
    showReport({ sync, customer, quantity }) {
      const who = customer === undefined ? "guest" : people[customer] ?? customer;
      status.dataset.state = sync;
      say(status, `${states[sync] ?? sync} · ${who} · ${quantity} in cart`);
    },
    /** The kiosk shows a code: the phone's camera would open this address. */
    showOffer(url) {
      offered = url;
      scan.hidden = url === undefined;
    },
  };
}

function wires(wire) {
  let timer;
  return {
    /** An entry goes up to the log or comes down from it. */
    light(direction) {
      clearTimeout(timer);
      wire.classList.remove("up", "down");
      void wire.offsetWidth; // without a reflow the same animation would not run twice
      wire.classList.add(direction);
      timer = setTimeout(() => wire.classList.remove("up", "down"), LIT_MS);
    },
  };
}

function cleaning(page, address) {
  let cleaned = () => {};
  return {
    clean: () => new Promise((resolve) => {
      cleaned = () => resolve(undefined);
      page.setAttribute("src", `${address}/demo/clean`);
    }),
    cleaned: () => cleaned(),
  };
}
