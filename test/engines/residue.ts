/** What a shopper can leave on a kiosk's page, put everywhere at once, and looked for everywhere afterwards. */
import type { Page } from "./engine.js";
import { kept } from "./town.js";

/** A page with fields to type into and a place where the shop shows what it was asked. */
export const KIOSK_BODY = `
  <h1>Winkel</h1><p id="found"></p>
  <form><input id="search" name="search"><input type="checkbox" id="gift"><textarea id="note"></textarea>
  <select id="size"><option>41</option><option>42</option></select></form><div id="rich" contenteditable="true"></div>`;

/** As a shopper types, and as a careless shop keeps it; `isCareful`: the shop itself keeps nothing. */
export function leaveTraces(page: Page, secret: string, isCareful = false): Promise<void> {
  return page.evaluate(async (word, careful) => {
    const field = (id: string): HTMLInputElement => document.getElementById(id) as HTMLInputElement;
    for (const id of ["search", "note"]) field(id).value = word;
    field("gift").checked = true;
    (document.getElementById("size") as HTMLSelectElement).selectedIndex = 1;
    for (const id of ["rich", "found"]) (document.getElementById(id) as HTMLElement).textContent = `Gevonden: ${word}`;
    if (careful) return;
    history.pushState({ word }, "", `/next?zoek=${word}`);
    window.name = word;
    localStorage.setItem("searched", word);
    sessionStorage.setItem("searched", word);
    document.cookie = `searched=${word};path=/;max-age=86400`;
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open("shop", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("searched").put(word, "word");
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => resolve(opening.result.close());
    });
    await (await caches.open("shop")).put("/searched", new Response(word));
  }, secret, isCareful);
}

/** Where the word is still found in a page and in what the browser keeps for it: nothing, if all is well. */
export async function tracesOf(page: Page, secret: string): Promise<string[]> {
  const found = await page.evaluate((word) => {
    const values = [...document.querySelectorAll<HTMLInputElement>("input, textarea")].map((field) => field.value).join(" ");
    const places = { text: document.documentElement.textContent ?? "", fields: values, address: location.href, name: window.name, history: JSON.stringify(history.state) };
    const isTicked = (document.getElementById("gift") as HTMLInputElement | null)?.checked || (document.getElementById("size") as HTMLSelectElement | null)?.selectedIndex === 1;
    return [...Object.entries(places).filter(([, text]) => text?.includes(word)).map(([place]) => place), ...(isTicked ? ["choices"] : [])];
  }, secret);
  const { words, ...rest } = await kept(page);
  const left = { ...rest, words: words.filter((name) => !name.startsWith("carryover-kiosk:")) };
  return [...found, ...Object.entries(left).filter(([, names]) => names.length > 0).map(([place, names]) => `${place}: ${String(names)}`)];
}
