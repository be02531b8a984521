/** The script tag: reads its attributes, starts the client, runs what the page has asked for meanwhile. */
import { type Client, createClient } from "../browser/client.js";
import { clearRefused } from "../consent/clearing.js";
import { consentMode } from "../consent/consent-mode.js";
import { openGates } from "../consent/gates.js";
import { addOnClick } from "./add.js";
import { type Command, runCommand } from "./command.js";
import { optionsOf } from "./attributes.js";
import { loadJourney } from "./journey.js";
import { loadLinks } from "./links.js";
import { loadScreens } from "./screens.js";

/** `window.carryover`: before the script has loaded a list of commands, afterwards the client. */
export type Global = Client & { push(...commands: Command[]): void };

declare global {
  interface Window {
    carryover?: Global | Command[];
  }
}

/** Never throws into the page; a second inclusion finds the first and does nothing. */
function start(script: HTMLScriptElement | null): void {
  const waiting = window.carryover ?? [];
  if (!Array.isArray(waiting)) return;
  addEventListener("pagehide", () => push()); // before the client's own: what is still to be done goes along with it
  const client = createClient(optionsOf(script));
  const push = (...commands: Command[]): void => [...waiting.splice(0), ...commands].forEach((command) => report(() => runCommand(client, command)));
  const global = { push } as Global;
  // Whoever asks for anything finds done what was asked for before.
  for (const name of Object.keys(client)) Object.defineProperty(global, name, { enumerable: true, get: () => (push(), client[name as keyof Client]) });
  window.carryover = global;
  addOnClick(global, report);
  const { clears, reload, consentMode: mode } = script?.dataset ?? {};
  if (mode !== undefined) consentMode(client);
  openGates(client);
  if (clears) report(() => void clearRefused(client, JSON.parse(clears), { isReloading: reload !== undefined }));
  // In a task of its own: between the two a slow phone answers its shopper.
  setTimeout(report, 0, () => {
    loadScreens(client, script);
    loadJourney(client, script);
    push();
    loadLinks(client, script);
  });
}

function report(work: () => void): void {
  try {
    work();
  } catch (error) {
    console.error(error);
  }
}

report(() => start(document.currentScript as HTMLScriptElement | null));
