/** Leads a browser from inside its pages, with no driver in between: each page asks what to do next, and says what came of it. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { PageGone } from "./gone.js";
import { listen } from "./line.js";
import { until } from "./wait.js";

export interface Remote {
  /** The script that every page must bring, or nobody hears of it. */
  readonly script: string;
  /** A page that does nothing but ask. */
  readonly blank: string;
  /** The tab that first asks after it was opened. */
  tab(open: () => Promise<unknown>): Promise<RemoteTab>;
  close(): Promise<void>;
}

export interface RemoteTab {
  /** As `Page.evaluate`, done by the document that is shown or the one that comes next. */
  evaluate<Args extends readonly unknown[], Result>(work: (...args: Args) => Result | Promise<Result>, ...args: Args): Promise<Result>;
  /** Names the document that asked last: another one after each navigation. */
  readonly document: string;
}

interface Task {
  readonly work: string;
  readonly args: readonly unknown[];
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** What a document says when it asks: itself, its tab, and what has come of its last task. */
interface Said {
  readonly document: string;
  readonly tab: string;
  readonly isDone?: true;
  readonly value?: unknown;
  readonly error?: string;
}

/** Sent into every page. A tab keeps its name over all its documents; one that the back button restores asks anew, as another. */
const SCRIPT = `
  let me;
  let loop = 0;
  const say = async (path, said) => (await fetch(HOME + path, { method: "POST", body: JSON.stringify({ document: me, tab: window.name, ...said }) })).json();
  const ask = async (mine) => {
    if (window.name === "") window.name = await say("/hello");
    for (let said = {}; mine === loop; ) {
      const { work, args } = await say("/next", said);
      said = await (async () => (0, eval)("(" + work + ")")(...args))().then((value) => ({ value }), (error) => ({ error: String(error) }));
      said.isDone = true;
    }
  };
  const begin = () => {
    me = Math.random().toString(36).slice(2);
    ask(++loop).catch(() => {}); // the page goes, or the test is over
  };
  addEventListener("pageshow", ({ persisted }) => persisted && begin());
  begin();`;

export async function openRemote(): Promise<Remote> {
  const tabs = new Map<string, Asking>();
  let named = 0;
  let newest: Asking | undefined;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader("access-control-allow-origin", "*");
    const said = request.method === "POST" ? (JSON.parse((await text(request)) || "{}") as Said) : undefined;
    if (request.url === "/remote.js") response.setHeader("content-type", "text/javascript").end(`{ const HOME = "${home}"; ${SCRIPT} }`);
    else if (said === undefined) response.setHeader("content-type", "text/html").end(`<!doctype html><script src="/remote.js"></script>`);
    else if (request.url === "/next") tabs.get(said.tab)?.asks(said, response);
    else {
      const name = `tab ${(named += 1)}`;
      tabs.set(name, (newest = createAsking()));
      response.end(JSON.stringify(name));
    }
  };

  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  const home = `http://127.0.0.1:${await listen(server)}`;
  return {
    script: `${home}/remote.js`,
    blank: `${home}/`,
    async tab(open) {
      newest = undefined;
      await open();
      // Until it has asked it has no document, and the next one could not be told from it.
      return until(() => (newest?.tab.document ? newest.tab : undefined), "the tab asks what to do");
    },
    async close() {
      for (const { end } of tabs.values()) end();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Asking {
  readonly tab: RemoteTab;
  /** A document asks what to do next. */
  asks(said: Said, response: ServerResponse): void;
  end(): void;
}

/** One tab: gives each task to the document that asks, one after the other. */
function createAsking(): Asking {
  const waiting: Task[] = [];
  let running: Task | undefined;
  let asking: ServerResponse | undefined;
  let document = "";
  const former = new Set<string>();

  const give = (): void => {
    if (asking === undefined || running !== undefined) return;
    running = waiting.shift();
    if (running === undefined) return;
    asking.end(JSON.stringify({ work: running.work, args: running.args }));
    asking = undefined;
  };

  const settle = ({ document: from, isDone, value, error }: Said): void => {
    if (running === undefined) return;
    if (from !== document || !isDone) running.reject(new PageGone("The page that was asked has given way to another."));
    else if (error !== undefined) running.reject(new Error(error));
    else running.resolve(value as never);
    running = undefined;
  };

  return {
    tab: {
      evaluate: (work, ...args) => new Promise((resolve, reject) => {
        waiting.push({ work: String(work), args, resolve, reject });
        give();
      }),
      get document() {
        return document;
      },
    },
    asks(said, response) {
      if (former.has(said.document)) return void response.destroy(); // its last words were slower than the next document
      settle(said);
      if (document !== said.document) former.add(document);
      document = said.document;
      asking = response;
      response.once("close", () => asking === response && (asking = undefined));
      give();
    },
    end: () => [...waiting, ...(running ? [running] : [])].forEach(({ reject }) => reject(new PageGone("The test is over."))),
  };
}
