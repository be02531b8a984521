/** The log as people read it: number, device, what was done, when, and who has heard. */
import { el, say } from "/shop/element.js";
import { describe } from "./words.js";

const byChannel = { app: "phone", web: "desktop", kiosk: "kiosk" };
const clock = new Intl.DateTimeFormat("nl-NL", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function createLogList() {
  const list = document.getElementById("log-list");
  const open = document.getElementById("log-open");
  const empty = document.getElementById("log-empty");
  const section = list.closest(".log");
  const rows = new Map();
  const letters = new Map();

  const setOpen = (isOpen) => {
    open.setAttribute("aria-expanded", String(isOpen));
    say(open, isOpen ? "Close" : "Open");
    section.classList.toggle("is-open", isOpen);
    list.scrollTop = 0;
  };
  open.addEventListener("click", () => setOpen(open.getAttribute("aria-expanded") !== "true"));
  section.addEventListener("keydown", ({ key }) => key === "Escape" && setOpen(false));

  /** Each cart has a log of its own, which gets a letter here: "A 12". */
  const letter = (log) => {
    if (!letters.has(log)) letters.set(log, String.fromCharCode(65 + (letters.size % 26)));
    return letters.get(log);
  };

  const add = (entry) => {
    const device = byChannel[entry.channel] ?? "server";
    const heard = el("span", { class: "heard" });
    const number = `${letter(entry.log)} ${entry.seq}`;
    const row = el("li", {}, el("span", { class: "seq" }, number), el("span", { class: "from" }, device),
      el("span", { class: "what" }, describe(entry)), heard, el("time", {}, clock.format(entry.at)));
    const known = { device, heard, devices: [] };
    rows.set(`${entry.log} ${entry.id}`, known);
    list.prepend(row);
    empty.hidden = true;
    for (const name of entry.heard) addHeard(known, name);
    return device;
  };

  return {
    add,
    /** A device has read the entry. True when that is news to it: its own gesture comes back only as a number. */
    heard({ log, id, device: name }) {
      const row = rows.get(`${log} ${id}`);
      return row !== undefined && addHeard(row, name);
    },
    reset(entries) {
      list.replaceChildren();
      rows.clear();
      letters.clear();
      empty.hidden = false;
      for (const entry of entries) add(entry);
    },
  };
}

function addHeard(row, name) {
  if (name === row.device || row.devices.includes(name)) return false;
  row.devices.push(name);
  say(row.heard, `→ ${row.devices.join(", ")}`);
  return true;
}
