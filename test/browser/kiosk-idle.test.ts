/** The kiosk's watch: it warns, it forgets, and it disturbs nobody who is at it or has left nothing. */
// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createKiosk, type Kiosk } from "../../src/browser/kiosk.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(idleMs = 60_000, isAnyTouch = false): { kiosk: Kiosk; changed: ReturnType<typeof vi.fn>; end: ReturnType<typeof vi.fn> } {
  const [changed, end] = [vi.fn(), vi.fn()];
  const kiosk = createKiosk(idleMs, Date.now, changed, end, isAnyTouch);
  return { kiosk, changed, end };
}

const touch = (name: string): boolean => document.dispatchEvent(new Event(name));

test("a shopper walks away: after fifty seconds the kiosk warns for ten, then the visit ends", () => {
  const { kiosk, changed, end } = watch();
  kiosk.watch(true);
  vi.advanceTimersByTime(49_999);
  expect(kiosk.state).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(kiosk.state).toEqual({ endsAt: Date.now() + 10_000 });
  vi.advanceTimersByTime(9_999);
  expect(end).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect([end.mock.calls.length, changed.mock.calls.length, kiosk.state]).toEqual([1, 2, undefined]);
});

test.each(["pointerdown", "keydown", "wheel", "touchstart"])("%s during the warning keeps the visit, and the time starts anew", (name) => {
  const { kiosk, end } = watch();
  kiosk.watch(true);
  vi.advanceTimersByTime(55_000);
  touch(name);
  expect(kiosk.state).toBeUndefined();
  vi.advanceTimersByTime(49_000);
  expect(kiosk.state).toBeUndefined();
  vi.advanceTimersByTime(11_000);
  expect(end).toHaveBeenCalledTimes(1);
});

test("a touch that the page keeps to itself counts all the same", () => {
  const { kiosk, end } = watch();
  const button = document.body.appendChild(document.createElement("button"));
  button.addEventListener("pointerdown", (event) => event.stopPropagation());
  kiosk.watch(true);
  vi.advanceTimersByTime(59_000);
  button.dispatchEvent(new Event("pointerdown", { bubbles: true }));
  vi.advanceTimersByTime(2_000);
  expect(end).not.toHaveBeenCalled();
});

test("nobody is warned while there is nothing to forget", () => {
  const { kiosk, changed, end } = watch();
  vi.advanceTimersByTime(3_600_000);
  touch("pointerdown");
  vi.advanceTimersByTime(3_600_000);
  expect([kiosk.state, changed.mock.calls.length, end.mock.calls.length]).toEqual([undefined, 0, 0]);
});

test("where the page itself is cleared, somebody who only looked around is forgotten as well, and then nobody is warned", () => {
  const { end } = watch(60_000, true);
  vi.advanceTimersByTime(3_600_000);
  expect(end).not.toHaveBeenCalled();
  touch("pointerdown");
  vi.advanceTimersByTime(60_000);
  expect(end).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(3_600_000);
  expect(end).toHaveBeenCalledTimes(1);
});

test("when the visit has ended by itself the watch ends with it, and the next visit has its full time", () => {
  const { kiosk, end } = watch();
  kiosk.watch(true);
  vi.advanceTimersByTime(55_000);
  kiosk.watch(false);
  expect(kiosk.state).toBeUndefined();
  vi.advanceTimersByTime(100_000);
  kiosk.watch(true);
  vi.advanceTimersByTime(59_999);
  expect(end).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(end).toHaveBeenCalledTimes(1);
});

test("a short watch warns for half of its time", () => {
  const { kiosk } = watch(4_000);
  kiosk.watch(true);
  vi.advanceTimersByTime(2_000);
  expect(kiosk.state).toEqual({ endsAt: Date.now() + 2_000 });
});

test("a closed client hears no touch and runs no timer", () => {
  const { kiosk, changed } = watch();
  kiosk.watch(true);
  kiosk.close();
  touch("pointerdown");
  vi.advanceTimersByTime(100_000);
  expect([vi.getTimerCount(), changed.mock.calls.length]).toEqual([0, 0]);
});
