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
  const waiting = window.carryover;
  if (waiting !== undefined && !Array.isArray(waiting)) return;
  const client = createClient(optionsOf(script));
  const push = (...commands: Command[]): void => commands.forEach((command) => report(() => runCommand(client, command)));
  // Descriptors, since `state` is read afresh at every look.
  const global = Object.defineProperties({ push }, Object.getOwnPropertyDescriptors(client)) as unknown as Global;
  window.carryover = global;
  addOnClick(client, report);
  if (script?.dataset.consentMode !== undefined) consentMode(client);
  openGates(client);
  const { clears, reload } = script?.dataset ?? {};
  if (clears) report(() => void clearRefused(client, JSON.parse(clears), { isReloading: reload !== undefined }));
  loadScreens(client, script);
  loadJourney(client, script);
  push(...(waiting ?? []));
  loadLinks(client, script);
}

function report(work: () => void): void {
  try {
    work();
  } catch (error) {
    console.error(error);
  }
}

report(() => start(document.currentScript as HTMLScriptElement | null));
