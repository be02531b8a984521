/** The screen that receives: what comes and from where, a yes and a no of equal weight, and a number to compare. */
import type { HandoffPlace, HandoffPreview, HandoffState } from "../browser/handoff.js";
import { drawDifference } from "./difference.js";
import type { HandoffTexts } from "./handoff-texts.js";
import { goesOn, problemWords, unlessQuick, withScreen } from "./handoff-words.js";
import { button, make } from "./make.js";
import { openPanel, type Panel } from "./panel.js";
import { mayScan, type Scan, startScan } from "./scan.js";
import type { Stage } from "./screen.js";

interface Receiving extends Stage<HandoffTexts> {
  readonly panel: Panel;
  /** The store or kiosk that a typed code is of, if the page knows. */
  readonly where: readonly [] | readonly [HandoffPlace];
  /** The camera, while it is on. */
  scan: Scan | undefined;
}

/** With a code or a link: looks what it brings. Without: asks for a code. Looking takes nothing away from anybody. */
export function openReceive(stage: Stage<HandoffTexts>, codeOrUrl: string | undefined, place: string | undefined, onClosed: () => void): Panel {
  const { client, lang, texts, root } = stage;
  const closed = (): void => {
    receiving.scan?.stop();
    if (client.state.handoff?.role === "receiving" && !goesOn(client.state.handoff)) void client.handoff.cancel().catch(() => {}); // what was left open runs out by itself
    onClosed();
  };
  const panel = openPanel(root, { lang, part: "receive", closeWords: texts.close, closed });
  const receiving: Receiving = { ...stage, panel, scan: undefined, where: place === undefined ? [] : [{ place }] };
  if (codeOrUrl === undefined) askForCode(receiving);
  else void look(receiving, codeOrUrl);
  return panel;
}

function askForCode(receiving: Receiving, words = "", typed = ""): void {
  const { panel, texts } = receiving;
  receiving.scan?.stop();
  const isInvalid = words !== "" && typed !== "";
  const input = make("input", {
    id: "code", part: "input", name: "code", required: true, maxlength: "12", autocomplete: "off", autocapitalize: "characters",
    autocorrect: "off", spellcheck: "false", "aria-describedby": "hint", "aria-invalid": isInvalid && "true", value: typed,
  });
  const form = make("form", {}, make("label", { for: "code" }, texts.code), input,
    make("small", { id: "hint" }, texts.hint),
    make("button", { part: "answer" }, texts.next));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void look(receiving, input.value.trim());
  });
  const scan = mayScan() && button(texts.scan, { part: "cancel" }, () => void aim(receiving));
  panel.show({ title: texts.enter, status: words, focus: input }, form, scan);
  input.select();
}

/** The camera is asked for by a press of the button, and off again as soon as a code is read or somebody types instead. */
async function aim(receiving: Receiving): Promise<void> {
  const { panel, texts } = receiving;
  const found = (link: string): void => {
    receiving.scan?.stop();
    if (panel.isOpen) void look(receiving, link);
  };
  try {
    const scan = await startScan(found);
    receiving.scan = scan;
    if (!panel.isOpen) return scan.stop();
    panel.show({ title: texts.scan, status: texts.aim }, scan.element, button(texts.code, { part: "cancel" }, () => askForCode(receiving)));
  } catch {
    if (panel.isOpen) askForCode(receiving, texts.noCamera);
  }
}

async function look(receiving: Receiving, key: string): Promise<void> {
  const { client, panel, texts, where } = receiving;
  try {
    const preview = await unlessQuick(client.handoff.preview(key, ...where), () => panel.status(texts.looking));
    if (panel.isOpen) ask(receiving, key, preview);
  } catch (error) {
    if (panel.isOpen) askForCode(receiving, problemWords(texts, error), /[#:]/.test(key) ? "" : key);
  }
}

/** The keyboard starts at the no: nobody takes something over by leaning on the Enter key. */
function ask(receiving: Receiving, key: string, preview: HandoffPreview): void {
  const { client, panel, texts, where } = receiving;
  const { mode, from } = preview;
  const no = button(texts.no, { part: "answer" }, () => {
    void client.handoff.cancel(key, ...where).catch(() => {}); // the other screen hears it, or its code runs out by itself
    panel.close();
  });
  const yes = button(texts.yes[mode], { part: "answer" }, () => void take(receiving, key, preview));
  panel.show({ title: texts.ask[mode], focus: no },
    make("p", {}, withScreen(texts, texts.from[mode], from)),
    preview.lines.length === 0 ? make("p", {}, texts.nothing) : drawDifference(texts, client.state.cart, preview),
    client.state.cart.quantity > 0 && make("small", {}, texts.own),
    make("div", { part: "answers" }, no, yes));
}

async function take(receiving: Receiving, key: string, preview: HandoffPreview): Promise<void> {
  const { client, panel, texts, where } = receiving;
  panel.status(texts.working);
  const stop = client.subscribe(({ handoff }) => showNumber(receiving, handoff, preview));
  try {
    // Nothing comes back when this screen has withdrawn meanwhile.
    const handoff: HandoffState | undefined = await client.handoff.accept(key, ...where);
    if (panel.isOpen) end(receiving, handoff, preview);
  } catch (error) {
    if (panel.isOpen) askForCode(receiving, problemWords(texts, error));
  } finally {
    stop();
  }
}

function showNumber({ panel, texts }: Receiving, handoff: HandoffState | undefined, { from }: HandoffPreview): void {
  if (!panel.isOpen || handoff?.role !== "receiving" || handoff.status !== "to-approve" || handoff.number === undefined) return;
  const number = make("p", { part: "match" }, String(handoff.number));
  panel.show({ title: withScreen(texts, texts.number, from) }, number, button(texts.cancel, { part: "cancel" }, panel.close));
}

function end({ panel, texts }: Receiving, handoff: HandoffState | undefined, { mode, page }: HandoffPreview): void {
  const isDone = handoff?.status === "done" || handoff?.status === "lent";
  const words = isDone ? texts.received[mode] : handoff?.status === "expired" ? texts.late : texts.refused;
  const next = isDone ? pageToGoOn(handoff.page ?? page) : undefined;
  panel.show({ title: texts.ask[mode], status: words },
    next !== undefined && make("a", { part: "answer", href: next }, texts.goOn),
    button(texts.close, { part: "cancel" }, panel.close));
}

/** Only a page of this very shop: the address was sent by another screen, and whoever made it up could name any. */
function pageToGoOn(page: string | undefined): string | undefined {
  if (page === undefined || !URL.canParse(page)) return undefined;
  const { origin, href } = new URL(page);
  return origin === location.origin && href.split("#")[0] !== location.href.split("#")[0] ? href : undefined;
}
