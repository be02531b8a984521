/** Holds a frame back behind a placeholder of the same size, which says whose it is and where to allow it. */

const PLACEHOLDER = "data-consent-placeholder";

const words: Readonly<Record<string, readonly [lead: string, choose: string]>> = {
  nl: ["Van {host}. Dit zie je als je het toestaat.", "Keuze aanpassen"],
  en: ["From {host}. You see this once you allow it.", "Change my choice"],
  de: ["Von {host}. Das sehen Sie, wenn Sie es erlauben.", "Auswahl ändern"],
  fr: ["De {host}. Vous le verrez si vous l’autorisez.", "Changer mon choix"],
};

/** Loads the frame, and puts away what stood in its place. */
export function openFrame(frame: HTMLIFrameElement): void {
  if (frame.hasAttribute("src")) return;
  frame.src = frame.dataset.src ?? "";
  frame.hidden = false;
  const standIn = standInOf(frame);
  if (standIn?.getAttribute(PLACEHOLDER) === "made") standIn.remove();
  else if (standIn) standIn.hidden = true;
}

/** Unloads the frame: a copy without an address takes its place, since the old one would go on with what it was doing. */
export function closeFrame(frame: HTMLIFrameElement): void {
  if (frame.hidden && !frame.hasAttribute("src")) return;
  const { offsetWidth, offsetHeight } = frame;
  const closed = frame.cloneNode() as HTMLIFrameElement;
  closed.removeAttribute("src");
  closed.hidden = true;
  frame.replaceWith(closed);
  const standIn = standInOf(closed);
  if (standIn) standIn.hidden = false;
  else closed.after(makeStandIn(closed, offsetWidth, offsetHeight));
}

/** The shop's own, directly behind the frame, or the one that was made. */
function standInOf({ nextElementSibling: next }: HTMLIFrameElement): HTMLElement | undefined {
  return next?.hasAttribute(PLACEHOLDER) ? (next as HTMLElement) : undefined;
}

/** As large as the frame, so that nothing in the page moves; styled by the page. */
function makeStandIn({ dataset }: HTMLIFrameElement, width: number, height: number): HTMLElement {
  const [lead, choose] = words[document.documentElement.lang.slice(0, 2)] ?? (words.nl as readonly [string, string]);
  const { host } = new URL(dataset.src ?? "", location.href);
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: choose });
  button.setAttribute("data-carryover-preferences", "");
  const standIn = document.createElement("div");
  standIn.setAttribute(PLACEHOLDER, "made");
  standIn.append(Object.assign(document.createElement("p"), { textContent: lead.replace("{host}", host) }), button);
  Object.assign(standIn.style, { boxSizing: "border-box", width: `${width}px`, maxWidth: "100%", minHeight: `${height}px`, padding: "16px", border: "1px solid" });
  return standIn;
}
