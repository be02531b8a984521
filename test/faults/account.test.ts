/** The account of a storm sees each kind of wrong: otherwise a clean account would be worth nothing. */
import { expect, test } from "vitest";
import { type Account, type Found, settleAccount, type Step } from "./account.js";

const sent = (id: string, log = "L"): Step => ({ step: "sent", log, id });
const acknowledged = (id: string, seq: number, log = "L"): Step => ({ step: "acknowledged", log, id, seq });
const shown = (id: string, seq: number, log = "L"): Step => ({ step: "shown", log, id, seq });
const found = (id: string, seq: number, log = "L"): Found => ({ log, id, seq });

const nothing: Account["wrong"] = { lost: [], doubled: [], invented: [], vanished: [], renumbered: [], misnumbered: [] };

/** Two events that were sent, answered, shown and kept as they should be. */
const history = [sent("a"), acknowledged("a", 1), shown("a", 1), sent("b"), sent("b"), acknowledged("b", 2), shown("b", 2), shown("b", 2)];
const kept = [found("a", 1), found("b", 2)];

test("nothing is wrong when every event is there once under the number that was told", () => {
  expect(settleAccount(history, kept)).toEqual({ sent: 2, repeated: 1, acknowledged: 2, found: 2, unanswered: 0, wrong: nothing });
});

test("an event whose answer was lost may be there once, or not at all", () => {
  expect(settleAccount([...history, sent("c")], [...kept, found("c", 3)])).toMatchObject({ unanswered: 1, wrong: nothing });
  expect(settleAccount([...history, sent("c")], kept)).toMatchObject({ sent: 3, unanswered: 0, wrong: nothing });
});

test.each<[string, Step[], Found[], Partial<Account["wrong"]>]>([
  ["an acknowledged event that is not there is lost", [sent("c"), acknowledged("c", 3)], [], { lost: ["L/c"] }],
  ["an event that is there twice is doubled", [], [found("a", 3)], { doubled: ["L/a"], renumbered: ["L/a"] }],
  ["an event whose answer was lost may not be there twice either", [sent("c")], [found("c", 3), found("c", 4)], { doubled: ["L/c"] }],
  ["an event that nobody sent is invented", [], [found("x", 3)], { invented: ["L/x"] }],
  ["an event in somebody else's log is invented there", [sent("c"), acknowledged("c", 3)], [found("c", 3), found("a", 1, "M")], { invented: ["M/a"] }],
  ["an event that a stream showed and that is not there has vanished", [sent("c"), shown("c", 3)], [], { vanished: ["L/c"] }],
  ["an event under another number than was told is renumbered", [sent("c"), acknowledged("c", 4), sent("d")], [found("c", 3), found("d", 4)], { renumbered: ["L/c"] }],
  ["a number that nothing has is a hole", [sent("c"), acknowledged("c", 4)], [found("c", 4)], { misnumbered: ["L/3"] }],
  ["a number that two events have is wrong", [sent("c")], [found("c", 2)], { misnumbered: ["L/2"] }],
])("%s", (_, more, beside, wrong) => {
  expect(settleAccount([...history, ...more], [...kept, ...beside]).wrong).toEqual({ ...nothing, ...wrong });
});

test("a log that begins later than with 1 has a hole at its beginning", () => {
  expect(settleAccount([sent("a")], [found("a", 2)]).wrong.misnumbered).toEqual(["L/1"]);
});
