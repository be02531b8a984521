/** Finds a Chromium on this machine and starts it, as a visitor's own would be. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Browser } from "puppeteer-core";
import { Impossible } from "./impossible.js";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe", "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/**
 * Some consent platforms hide from browsers that say they are driven (vanilla-cookieconsent does so by default): the audit
 * would see a shop that no visitor sees. And three visits go on at once, none of which may be put to sleep.
 */
const FLAGS = [
  "--disable-blink-features=AutomationControlled", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
];

/** Starts the browser with empty profiles only. */
export async function launchBrowser(named: string | undefined): Promise<Browser> {
  const { launch } = await import("puppeteer-core").catch(() => {
    throw new Impossible("carryover audit drives a browser through puppeteer-core, which is not installed: npm install --save-dev puppeteer-core");
  });
  const executablePath = programOf(named);
  // Chromium's sandbox does not start as root, as in many containers.
  const args = process.getuid?.() === 0 ? [...FLAGS, "--no-sandbox"] : FLAGS;
  return launch({ executablePath, headless: true, args }).catch((error: Error) => {
    throw new Impossible(`${executablePath} does not start: ${error.message.split("\n")[0]}`);
  });
}

function programOf(named = process.env.CARRYOVER_CHROMIUM ?? process.env.PUPPETEER_EXECUTABLE_PATH): string {
  if (named !== undefined && named !== "") {
    if (isProgram(named)) return named;
    throw new Impossible(`There is no browser at ${named}: give --browser the path of a Chromium or Chrome.`);
  }
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const found = [...COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command))), ...PLACES].find(isProgram);
  if (found === undefined) throw new Impossible("No Chromium or Chrome was found: install one, or give its path with --browser.");
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
