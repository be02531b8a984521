/** Starts the crowd, other clients in a process of their own, so that they are not in the way of the two that are measured. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("crowd.mjs", import.meta.url));

/** Resolves once all of them are connected and have their carts, which are called after the crowd. */
export async function startCrowd({ contender, server, shelves }, { clients, kind, name = kind, changesPerSecondEach = 0 }) {
  const crowd = fork(program, [JSON.stringify({ id: contender.id, url: server.url, shelves, clients, kind, name, changesPerSecondEach })]);
  const kill = () => crowd.kill("SIGKILL");
  process.once("exit", kill);
  const ask = async (what) => {
    crowd.send(what);
    return answer(crowd);
  };
  const { opened } = await answer(crowd);
  return {
    clients: opened,
    go: () => ask("go"),
    count: () => ask("count"),
    async stop() {
      crowd.send("stop");
      const late = setTimeout(kill, 8_000);
      if (crowd.exitCode === null && crowd.signalCode === null) await once(crowd, "exit");
      clearTimeout(late);
      process.removeListener("exit", kill);
    },
  };
}

async function answer(crowd) {
  const ended = new AbortController();
  const gone = () => ended.abort(new Error("The crowd has gone."));
  crowd.once("exit", gone);
  try {
    const [said] = await once(crowd, "message", { signal: ended.signal });
    return said;
  } finally {
    crowd.removeListener("exit", gone);
  }
}
