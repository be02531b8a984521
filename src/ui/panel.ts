/** A dialog over the page: keeps the keyboard inside, and gives the focus back to where it came from. */
import { button, type Child, make, say } from "./make.js";

export interface View {
  readonly title: string;
  /** Seen, and read out when it changes. */
  readonly status?: string;
  /** What the keyboard starts at; the title by default. */
  readonly focus?: HTMLElement;
}

export interface Panel {
  readonly isOpen: boolean;
  show(view: View, ...body: readonly Child[]): void;
  status(words: string): void;
  close(): void;
}

export interface PanelOptions {
  readonly lang: string;
  readonly part: string;
  readonly closeWords: string;
  readonly closed?: () => void;
}

/** Opens it empty; `show` fills it, as often as there is something new to see. */
export function openPanel(root: ShadowRoot, { lang, part, closeWords, closed }: PanelOptions): Panel {
  const before = focused(root);
  const title = make("h2", { id: "title", part: "title", tabindex: "-1" });
  const status = make("p", { part: "status", role: "status" });
  let body = make("div", { part: "body" });
  const close = button("×", { part: "close", "aria-label": closeWords }, () => end());
  const head = make("div", { part: "head" }, title, close);
  const dialog = make("dialog", { lang, part: `dialog ${part}`, "aria-labelledby": "title" }, head, status, body);
  let isOpen = true;
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    dialog.close();
    dialog.remove();
    closed?.();
    if (before?.isConnected) before.focus();
  };
  dialog.addEventListener("close", end); // by the Escape key or the back gesture of a phone
  root.append(dialog);
  dialog.showModal();
  return {
    get isOpen() {
      return isOpen;
    },
    show(view, ...children) {
      say(title, view.title);
      say(status, view.status ?? "");
      const next = make("div", { part: "body" }, ...children);
      body.replaceWith(next);
      body = next;
      (view.focus ?? title).focus();
    },
    status: (words) => say(status, words),
    close: end,
  };
}

/** The element with the keyboard, also inside of this root. */
export function focused(root: ShadowRoot): HTMLElement | undefined {
  const found = root.activeElement ?? root.ownerDocument.activeElement;
  return found instanceof HTMLElement && found !== root.ownerDocument.body ? found : undefined;
}
