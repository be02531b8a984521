/** Stories that went wrong once, as the histories found them: each is lived through again, with every promise checked at every step. */
import { beforeAll, expect, test } from "vitest";
import { live, type Step } from "./history.js";
import { proofs } from "./proofs.js";

let tokens: Readonly<Record<string, string>>;

beforeAll(async () => {
  tokens = await proofs();
});

const setting = { browsers: 2, latencyMs: 0, asked: "device", seed: 0 } as const;

const stories: readonly { readonly name: string; readonly steps: readonly Step[]; readonly latencyMs?: number }[] = [
  {
    name: "the tab that leads is killed before it could keep its copy: the next one keeps it",
    steps: [[0, "add", 0, 1, 0], [0, "addAtOnce", 0, 1, 0], [0, "remove", 0, 1, 0], [0, "crash", 0, 4, 0], [1, "add", 0, 1, 0]],
  },
  {
    name: "the tab that leads is killed in a tunnel: the next one, opened before anybody was anybody, takes up the stream, and a third catches up",
    steps: [[0, "openTab", 0, 1, 0], [0, "add", 0, 1, 0], [0, "decrease", 0, 1, 0], [0, "cut", 0, 1, 0], [0, "crash", 0, 1, 0], [0, "decrease", 0, 1, 0]],
  },
  {
    name: "somebody who came to be by a handoff keeps a copy under their name",
    steps: [[0, "openTab", 0, 1, 0], [0, "hand", 0, 4, 0], [0, "add", 0, 1, 0], [0, "change", 0, 1, 0]],
  },
  {
    name: "a copy is kept while the next addition moves: nothing lies beside it afterwards",
    steps: [[0, "add", 0, 1, 0], [0, "add", 0, 1, 0], [0, "reload", 0, 1, 300], [0, "add", 0, 1, 0]],
    latencyMs: 200,
  },
  {
    name: "a page keeps its copy after the next page has begun with an older one: neither takes from the other what it holds alone",
    steps: [[0, "add", 0, 1, 5_000], [0, "add", 0, 1, 300], [0, "cut", 0, 1, 0], [0, "reload", 0, 1, 0], [0, "add", 0, 1, 1_500], [0, "reload", 0, 1, 0], [0, "set", 0, 1, 0]],
    latencyMs: 200,
  },
  {
    name: "two screens share a cart, one signs in, the other clears what it shows",
    steps: [[0, "hand", 0, 2, 0], [0, "add", 0, 1, 0], [0, "signIn", 0, 1, 0], [1, "clear", 0, 1, 0], [0, "add", 0, 1, 0]],
  },
  {
    name: "somebody signs in and goes into a tunnel, and adds before the stream stands: after signing out none of it is the next visitor's",
    steps: [[0, "signIn", 0, 1, 0], [0, "cut", 0, 1, 0], [0, "addAtOnce", 0, 1, 0], [0, "add", 0, 1, 5_000], [0, "signOut", 0, 1, 0], [0, "add", 0, 1, 0]],
    latencyMs: 5,
  },
  {
    name: "something is added while the shop is signing out and hears nothing",
    steps: [[0, "signIn", 0, 1, 0], [0, "meet", 4, 1, 0], [0, "meet", 0, 2, 0], [0, "signOut", 0, 1, 0], [0, "add", 0, 1, 0]],
  },
  {
    name: "something is added after the server has let go of a device that has not heard of it",
    steps: [[0, "signIn", 0, 1, 0], [0, "meet", 5, 1, 0], [0, "meetMany", 0, 1, 0], [0, "signOut", 0, 1, 0], [0, "add", 0, 1, 0]],
  },
  {
    name: "what was copied to one tab is not taken off the screen of the other, which reads again what was kept a moment earlier",
    steps: [[0, "add", 0, 1, 0], [0, "openTab", 0, 1, 0], [0, "meet", 0, 2, 0], [1, "add", 0, 1, 0], [0, "add", 0, 1, 1_500], [3, "hand", 1, 1, 0], [0, "change", 0, 1, 0], [0, "add", 0, 1, 0]],
  },
  {
    name: "somebody comes to be in one tab while another leads: the leader hears that the server knows them",
    steps: [[3, "openTab", 0, 1, 0], [3, "hand", 0, 3, 0], [1, "hand", 0, 2, 0], [0, "add", 0, 1, 0]],
  },
  {
    name: "a page signs out and is left; what the next visitor puts down at once is not swept away with the rest",
    steps: [[0, "signIn", 0, 1, 0], [0, "add", 0, 1, 0], [0, "add", 0, 1, 0], [0, "signOut", 0, 1, 0], [0, "reload", 0, 1, 0], [0, "add", 0, 1, 0]],
    latencyMs: 200,
  },
  {
    name: "whoever signs out and at once adds something finds it on the next page",
    steps: [[0, "signIn", 0, 1, 300], [0, "add", 0, 1, 0], [0, "signOut", 0, 1, 0], [0, "add", 0, 1, 0]],
    latencyMs: 200,
  },
  {
    name: "before the account's choices have arrived, what the visitor allowed does not count for the customer",
    steps: [[0, "rest", 0, 1, 0], [0, "grant", 0, 1, 0], [0, "meetMany", 0, 4, 0], [0, "resume", 0, 1, 0], [0, "signIn", 0, 2, 0], [0, "add", 0, 1, 0]],
  },
  {
    name: "a sign-in arrives late, and the visitor allows something meanwhile: for the customer that is not an answer",
    steps: [[0, "meet", 0, 3, 0], [0, "signIn", 5, 1, 0], [0, "add", 0, 1, 45_000], [0, "grant", 0, 1, 0], [0, "signIn", 5, 1, 0], [0, "add", 0, 1, 0]],
  },
  {
    name: "a customer decides on a page whose copy is still the visitor's: the refusal counts",
    steps: [[0, "add", 0, 1, 300], [0, "signIn", 0, 1, 0], [0, "cut", 0, 1, 300], [0, "grant", 0, 1, 0], [0, "reload", 0, 1, 0], [0, "decideAll", 0, 1, 0], [0, "add", 0, 1, 0]],
    latencyMs: 200,
  },
  {
    name: "two things done in the same moment keep their order, though the device's clock is a moment ahead of the server's",
    steps: [[0, "down", 0, 1, 0], [0, "addWithDetails", 0, 1, 0], [0, "add", 0, 1, 0], [0, "add", 0, 1, 0], [0, "change", 0, 1, 0], [0, "add", 0, 1, 0], [0, "add", 0, 1, 0], [0, "addWithDetails", 0, 2, 0], [0, "change", 0, 2, 0], [0, "add", 0, 1, 0]],
  },
  {
    name: "a sign-in arrives late, and the visitor refuses something meanwhile: the customer's own answer counts",
    steps: [[0, "meetMany", 0, 3, 0], [0, "signIn", 5, 1, 0], [0, "decideAll", 0, 1, 0], [0, "wait", 2, 1, 0], [0, "add", 0, 1, 45_000], [0, "signIn", 5, 1, 0], [0, "grant", 0, 1, 0], [0, "add", 0, 1, 0]],
  },
  {
    name: "a customer adds in a tab that knows no log yet, and signs out: none of it is the next visitor's, however slow the database",
    steps: [[0, "signIn", 0, 1, 0], [0, "cut", 0, 1, 0], [0, "addAtOnce", 0, 1, 1_500], [0, "signOut", 0, 1, 0], [0, "add", 0, 1, 0]],
    latencyMs: 5,
  },
  {
    name: "a page read what was kept just before the last copy was; the next page counts nothing twice that the first still takes for unsent",
    steps: [[0, "add", 0, 1, 300], [0, "cut", 0, 1, 0], [0, "reload", 0, 1, 5000], [0, "openTab", 0, 1, 0], [0, "add", 0, 1, 0]],
    latencyMs: 200,
  },
  {
    name: "a page that signs out in a tunnel is left, and the next one is used before that has ended: what is done there is still the customer's",
    steps: [[0, "signIn", 0, 1, 0], [0, "meet", 0, 2, 0], [0, "signOut", 0, 1, 0], [0, "cut", 0, 1, 0], [0, "addAndRest", 0, 1, 0], [0, "add", 0, 1, 45_000], [0, "add", 0, 1, 0]],
  },
  {
    name: "a portal answers a sign-in",
    steps: [[0, "meetMany", 3, 1, 0], [0, "signIn", 0, 1, 0], [0, "add", 0, 1, 0]],
  },
];

test.each(stories)("$name", async ({ name: _, ...story }) => {
  expect(await live({ ...setting, ...story }, tokens)).toBeGreaterThan(0);
});
