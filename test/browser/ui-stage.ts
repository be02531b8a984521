/** A page with the screens on it and a client that the test plays: what a shopper sees is read, what they do is done. */
import { afterEach, vi } from "vitest";
import type { ClientState } from "../../src/browser/client.js";
import type { HandoffState } from "../../src/browser/handoff.js";
import type { Screens } from "../../src/ui/index.js";

type Draft = { -readonly [K in keyof ClientState]: ClientState[K] };

/** A client whose state the test sets; its calls are spies. */
export function playClient(start: Partial<ClientState> = {}) {
  const listeners = new Set<(state: ClientState) => void>();
  let state: ClientState = {
    cart: { lines: [], coupons: [], quantity: 1, kept: false },
    consent: { isDecided: false, scope: "device", asked: "device", policy: "1", isSignalled: false, isSure: true, purposes: { necessary: true, analytics: false, personalisation: false, marketing: false } },
    customer: { isSignedIn: false },
    sync: { state: "live" },
    ...start,
  };
  const become = (change: Partial<ClientState>): void => {
    const next: Draft = { ...state, ...change };
    if (change.handoff === undefined && "handoff" in change) delete next.handoff;
    state = next;
    for (const listener of [...listeners]) listener(state);
  };
  const decide = vi.fn((decision: Readonly<Record<string, boolean>>) => {
    become({ consent: { ...state.consent, isDecided: true, purposes: { ...state.consent.purposes, ...decision } } });
  });
  const dismiss = vi.fn(() => become({ consent: { ...state.consent, notice: undefined } }));
  const handoff = { offer: vi.fn(), preview: vi.fn(), accept: vi.fn(), approve: vi.fn(), undo: vi.fn(), cancel: vi.fn(async () => become({ handoff: undefined as unknown as HandoffState })) };
  const client: Screens = {
    ready: Promise.resolve(),
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      listener(state);
      return () => void listeners.delete(listener);
    },
    consent: { decide, allows: (purpose) => state.consent.purposes[purpose] === true, since: () => undefined, when: vi.fn(), withdraw: vi.fn(), dismiss },
    handoff,
  };
  return { client, become, decide, dismiss, handoff, listeners };
}

afterEach(() => {
  document.body.replaceChildren();
  document.documentElement.lang = "";
});

/** Puts an element into the page for this client, and waits until it listens. */
export async function put<E extends HTMLElement & { client: Screens }>(name: string, client: Screens, attributes: Record<string, string> = {}): Promise<E> {
  const element = document.createElement(name) as E;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.client = client;
  document.body.append(element);
  await settle();
  return element;
}

/** Lets what was promised happen. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 8; i += 1) await Promise.resolve();
}

export function rootOf(element: HTMLElement): ShadowRoot {
  if (element.shadowRoot === null) throw new Error("The element is not defined.");
  return element.shadowRoot;
}

export function textOf(element: HTMLElement): string {
  return rootOf(element).textContent ?? "";
}

export function buttonsIn(element: HTMLElement): HTMLButtonElement[] {
  return [...rootOf(element).querySelectorAll("button")];
}

/** Presses the button with these words. */
export async function press(element: HTMLElement, words: string): Promise<void> {
  const button = buttonsIn(element).find((one) => one.textContent === words || one.getAttribute("aria-label") === words);
  if (button === undefined) throw new Error(`No button says "${words}": ${textOf(element)}`);
  button.click();
  await settle();
}
