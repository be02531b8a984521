/** One interface over the drivers of the browsers, so that a test is written once and walked in every engine. */
import { openChromium } from "./chromium.js";

/** A running browser. */
export interface Engine {
  readonly name: string;
  /** A device of its own: shares no cookie, no storage and no cache with another. */
  profile(): Promise<Profile>;
  close(): Promise<void>;
}

export interface Profile {
  /** A new tab, empty. */
  page(): Promise<Page>;
  /** All cookies of the profile, also those that no script may read: `name@domain`. */
  cookies(): Promise<string[]>;
  close(): Promise<void>;
}

export interface Page {
  /** Resolves when the page has loaded. */
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** As the button of the browser; resolves at once, what is then shown is for the test to wait for. */
  back(): Promise<void>;
  /** Runs a function in the page. It sees its arguments and the page's globals, nothing of the test. */
  evaluate<Args extends readonly unknown[], Result>(work: (...args: Args) => Result | Promise<Result>, ...args: Args): Promise<Result>;
  /** A click of the mouse. */
  click(selector: string): Promise<void>;
  /** Shown in front of the other tabs. */
  front(): Promise<void>;
  /** As the cross of the tab; a tab that has closed itself is fine. */
  close(): Promise<void>;
  readonly isClosed: boolean;
  /** The renderer dies where it stands: no `pagehide`, no last word. */
  crash(): Promise<void>;
}

/** The engines that every scenario is walked in. A missing one fails the tests with a sentence that says how to get it. */
export const ENGINES: readonly { readonly name: string; open(): Promise<Engine> }[] = [
  { name: "Chromium", open: openChromium },
];
