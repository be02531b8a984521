/** Hears what a tab reads off its stream, and so how far it has been told its log. */
import type { Browser } from "./browser.js";
import type { Told } from "./witness.js";

export interface Ear {
  told: Told | undefined;
  /** Text off the stream; undefined when a new one begins. */
  hear(text: string | undefined): void;
  /** The tab starts from what its browser has kept. */
  remember(): void;
}

/** What the browser keeps between visits, as far as it says where the tab stands. */
interface Kept {
  readonly device: string;
  readonly log: string;
  readonly seq: number;
}

export function createEar(browser: Pick<Browser, "device" | "storage" | "heard">): Ear {
  let rest = "";
  let greeted = "";

  const take = (event: string, data: any): void => {
    const { device } = browser;
    if (device === undefined) return;
    if (event === "hello") greeted = data.log;
    if (event === "snapshot") ear.told = { device, log: data.log, seq: data.seq };
    if (event === "" && ear.told?.device === device && data[0] === ear.told.seq + 1) ear.told = { device, log: greeted, seq: data[0] };
    browser.heard = ear.told;
  };

  const ear: Ear = {
    told: undefined,
    hear(text) {
      if (text === undefined) rest = "";
      const blocks = (rest + (text ?? "")).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const [, event = "", data] = /^(?:event: (.*)\n)?data: (.*)$/.exec(block) ?? [];
        if (data !== undefined) take(event, JSON.parse(data));
      }
    },
    remember() {
      const kept = browser.storage.kept("copy") as Kept | undefined;
      const { told } = ear;
      if (told && told.device === browser.device && (kept === undefined || (kept.log === told.log && kept.seq <= told.seq))) return;
      ear.told = kept !== undefined && kept.device === browser.device ? { device: kept.device, log: kept.log, seq: kept.seq } : undefined;
    },
  };
  return ear;
}
