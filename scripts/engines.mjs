/** What the tests need from the system besides Node: browsers, and a database. One row each. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

const ONLY_ON_LINUX = "run the tests in a container with Debian: WebKitGTK is the WebKit that runs without Apple's systems.";

/**
 * `env` names the program and wins over everything; `commands` are looked for on the PATH; `places` are paths
 * outside it, `*` standing for any part of a name; `ask` is what a working one answers to, where it can be asked without a
 * screen; `debian` is the package that brings it; `elsewhere` completes "… is missing: " where there is no such package.
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
    ask: "--version",
    debian: "chromium",
    elsewhere: "install Chromium or Google Chrome, or set CARRYOVER_CHROMIUM to the path of one.",
  },
  firefox: {
    title: "Firefox",
    env: "CARRYOVER_FIREFOX",
    commands: ["firefox", "firefox-esr"],
    places: ["/Applications/Firefox.app/Contents/MacOS/firefox", "C:\\Program Files\\Mozilla Firefox\\firefox.exe"],
    ask: "--version",
    debian: "firefox-esr",
    elsewhere: "install Firefox, or set CARRYOVER_FIREFOX to the path of one.",
  },
  webkitDriver: {
    title: "WebKit's driver",
    env: "CARRYOVER_WEBKITDRIVER",
    commands: ["WebKitWebDriver"],
    ask: "--help",
    debian: "webkit2gtk-driver",
    elsewhere: ONLY_ON_LINUX,
  },
  webkit: {
    title: "WebKit's MiniBrowser",
    env: "CARRYOVER_WEBKIT",
    commands: ["MiniBrowser"],
    places: ["/usr/lib/*/webkit2gtk-4.*/MiniBrowser", "/usr/lib*/webkit2gtk-4.*/MiniBrowser", "/usr/libexec/webkit2gtk-4.*/MiniBrowser"],
    debian: "webkit2gtk-driver",
    elsewhere: ONLY_ON_LINUX,
  },
  screen: {
    title: "Xvfb, a screen for WebKit,",
    env: "CARRYOVER_XVFB",
    commands: ["Xvfb"],
    ask: "-help",
    debian: "xvfb",
    elsewhere: ONLY_ON_LINUX,
  },
  postgres: {
    title: "PostgreSQL",
    env: "CARRYOVER_POSTGRES",
    commands: ["postgres"],
    places: ["/usr/lib/postgresql/*/bin/postgres", "/usr/pgsql-*/bin/postgres", "/opt/homebrew/opt/postgresql*/bin/postgres"],
    ask: "--version",
    debian: "postgresql",
    elsewhere: "install PostgreSQL 15 or later, or set CARRYOVER_POSTGRES to the path of its program postgres; initdb, psql and pg_dump stand beside it.",
  },
  nats: {
    title: "NATS",
    env: "CARRYOVER_NATS",
    commands: ["nats-server"],
    places: ["/usr/sbin/nats-server", "/opt/homebrew/opt/nats-server/bin/nats-server"],
    ask: "--version",
    debian: "nats-server",
    elsewhere: "install nats-server 2.9 or later, or set CARRYOVER_NATS to its path.",
  },
};

/** The path of an installed engine that answers, or undefined. A name in the environment that is wrong throws a sentence. */
export function findEngine(name) {
  const { title, env, commands, places = [], ask } = ENGINES[name];
  const named = process.env[env];
  if (named !== undefined && named !== "") {
    if (answers(named, ask)) return named;
    throw new Error(`${env} is set to ${named}, but no ${title} answers there: correct it, or unset it.`);
  }
  const onPath = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const candidates = commands.flatMap((command) => onPath.map((folder) => join(folder, command)));
  return [...candidates, ...places.flatMap(expand)].find((path) => answers(path, ask));
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

/** What Debian is asked for; one package may bring several of them. */
export function debianPackages(names) {
  return [...new Set(names.map((name) => ENGINES[name].debian))];
}

/** Ubuntu puts a `chromium-browser` on the PATH that only says how to get one: so each is asked for its version. */
function answers(path, ask) {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return false;
  }
  // On Windows a browser asked for its version opens a window instead.
  return ask === undefined || process.platform === "win32" || spawnSync(path, [ask], { stdio: "ignore", timeout: 30_000 }).status === 0;
}

/** All paths that a place with stars stands for, the newest version first. */
function expand(place) {
  const [first, ...parts] = place.split("/");
  return parts.reduce((found, part) => found.flatMap((folder) => within(folder, part).map((name) => `${folder}/${name}`)), [first]);
}

function within(folder, part) {
  if (!part.includes("*")) return [part];
  const [before, after] = part.split("*");
  try {
    return readdirSync(`${folder}/`).filter((name) => name.startsWith(before) && name.endsWith(after)).sort().reverse();
  } catch {
    return [];
  }
}
