/** One interface over the drivers of the browsers, so that a test is written once and walked in every engine. */
import { openChromium } from "./chromium.js";
import { openFirefox } from "./firefox.js";
import { openWebKit } from "./webkit.js";

export type EngineName = "Chromium" | "Firefox" | "WebKit";

/** A running browser. */
export interface Engine {
  /** A device of its own: shares no cookie, no storage and no cache with another. */
  profile(mode?: Mode): Promise<Profile>;
  close(): Promise<void>;
}

/**
 * `private`: as in a private window, nothing touches the disk. `everyday`: as a shopper's own browser, on the disk; its pages
 * may crash. Left out: whichever is quicker to come by.
 */
export type Mode = "private" | "everyday";

export interface Profile {
  /** A new tab, empty. */
  page(): Promise<Page>;
  /** All cookies of the profile, also those that no script may read: `name@domain`. */
  cookies(): Promise<string[]>;
  close(): Promise<void>;
  /** A script that every page must bring, where a browser is driven from inside its pages. */
  readonly script?: string;
}

export type Key = "Tab" | "Shift+Tab" | "Enter" | "Space" | "Escape";

/** What is asked of a page that is just giving way to the next one rejects with PageGone. */
export interface Page {
  /** Resolves when the page has loaded. */
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** As the button of the browser; what is then shown is for the test to wait for. */
  back(): Promise<void>;
  /** Runs a function in the page. It sees its arguments and the page's globals, nothing of the test. */
  evaluate<Args extends readonly unknown[], Result>(work: (...args: Args) => Result | Promise<Result>, ...args: Args): Promise<Result>;
  /** A click of the mouse. */
  click(selector: string): Promise<void>;
  /** Keys of a real keyboard, one after the other, given to whatever has the focus. */
  press(...keys: readonly Key[]): Promise<void>;
  /** What the shopper has told their system, as media features; of the three only Chromium can be told by its driver. */
  prefer(features: Readonly<Record<string, string>>): Promise<void>;
  /** Shown in front of the other tabs. */
  front(): Promise<void>;
  /** As the cross of the tab; a tab that has closed itself is fine. */
  close(): Promise<void>;
  isClosed(): Promise<boolean>;
  /** The process that runs the page. `kill -9` of it leaves no `pagehide` and no last word. */
  renderer(): Promise<number>;
}

/** The engines that every scenario is walked in. A missing one fails the tests with a sentence that says how to get it. */
export const ENGINES: readonly { readonly name: EngineName; open(): Promise<Engine> }[] = [
  { name: "Chromium", open: openChromium },
  { name: "Firefox", open: openFirefox },
  { name: "WebKit", open: openWebKit },
];
