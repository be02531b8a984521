/** All stories of one contender, in a process of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contenderOf } from "./contenders.mjs";
import { startServer } from "./server.mjs";
import "./sockets.mjs";
import { createStage } from "./stage.mjs";
import { STORIES } from "./stories.mjs";

const { id, databases = [] } = JSON.parse(process.argv[2]);
const contender = contenderOf(id);
const shelves = mkdtempSync(join(tmpdir(), "carryover-devices-"));
process.on("disconnect", () => process.exit(1));
process.on("exit", () => rmSync(shelves, { recursive: true, force: true, maxRetries: 5 }));

const server = await startServer(contender, databases[0]);
const found = Object.fromEntries(await Promise.all(STORIES.map(async (story) => [story.id, await play(story)])));
await server.stop();
process.send(found, () => process.exit());

/** What goes wrong in a story is what it ends with. */
async function play(story) {
  const stage = createStage({ contender, server, shelves });
  try {
    return await story.play(stage);
  } catch (error) {
    return { ended: `an error: ${error.message}`, isRight: false };
  } finally {
    await stage.close();
  }
}
