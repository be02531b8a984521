/** What the tests need from the system besides Node: browsers today, databases when they come. One row each. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/**
 * `env` names the program and wins over everything; `commands` are looked for on the PATH; `places` are paths
 * outside it, `*` standing for one folder; `debian` is the package that brings it; `elsewhere` completes
 * "… is missing: " where there is no such package.
 */
export const ENGINES = {
  chromium: {
    title: "Chromium",
    env: "CARRYOVER_CHROMIUM",
    commands: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    places: [
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    ],
    debian: "chromium",
    elsewhere: "install Chromium or Google Chrome, or set CARRYOVER_CHROMIUM to the path of one.",
  },
};

/** The path of an installed engine that answers, or undefined. A name in the environment that is wrong throws a sentence. */
export function findEngine(name) {
  const { title, env, commands, places = [] } = ENGINES[name];
  const named = process.env[env];
  if (named !== undefined && named !== "") {
    if (answers(named)) return named;
    throw new Error(`${env} is set to ${named}, but no ${title} answers there: correct it, or unset it.`);
  }
  const onPath = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const candidates = commands.flatMap((command) => onPath.map((folder) => join(folder, command)));
  return [...candidates, ...places.flatMap(expand)].find(answers);
}

/** The same, for a test that cannot go on without it. */
export function engine(name) {
  const found = findEngine(name);
  if (found === undefined) throw new Error(missing(name));
  return found;
}

/** One sentence: what is missing and how to get it. */
export function missing(name) {
  const { title, debian, elsewhere } = ENGINES[name];
  return `${title} is missing: on Debian run "apt-get install ${debian}" as root; elsewhere ${elsewhere}`;
}

/** Ubuntu puts a `chromium-browser` on the PATH that only says how to get one: so each is asked for its version. */
function answers(path) {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return false;
  }
  // On Windows a browser asked for its version opens a window instead.
  return process.platform === "win32" || spawnSync(path, ["--version"], { stdio: "ignore", timeout: 30_000 }).status === 0;
}

function expand(place) {
  const [before, after] = place.split("*");
  if (after === undefined) return [place];
  try {
    return readdirSync(dirname(`${before}_`)).sort().reverse().map((folder) => before + folder + after);
  } catch {
    return [];
  }
}
