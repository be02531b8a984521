/** Which language a screen speaks, and how a name comes into a sentence. */

/** Texts by language: `{ nl: consentInDutch, "fr-be": … }`. The first is spoken where no other fits. */
export type Languages<T> = Readonly<Record<string, T>>;

/** What a shop says in its own words; the rest stays as it is. */
export type OwnTexts<T> = { readonly [K in keyof T]?: T[K] extends string ? string : Partial<T[K]> };

export function withOwn<T extends object>(texts: T, own: OwnTexts<T>): T {
  const changed = Object.entries(own).map(([name, value]) => {
    const known = texts[name as keyof T];
    return [name, typeof value === "object" ? { ...known, ...value } : value];
  });
  return { ...texts, ...Object.fromEntries(changed) } as T;
}

/** The `lang` of the element or of what surrounds it, else of the page. */
export function languageOf(element: Element): string {
  const named = element.closest("[lang]")?.getAttribute("lang");
  return (named ?? document.documentElement.lang).toLowerCase();
}

/** The texts for `nl-be`, else for `nl`, else the first. */
export function textsFor<T>(languages: Languages<T>, language: string): { readonly lang: string; readonly texts: T } {
  const known = Object.keys(languages);
  const lang = known.find((tag) => tag === language) ?? known.find((tag) => tag === language.split("-")[0]) ?? known[0] ?? "";
  return { lang, texts: languages[lang] as T };
}

/** Puts values in place of `{names}`; of ` ({name})` nothing stays where there is no value. */
export function fill(sentence: string, values: Readonly<Record<string, string | undefined>>): string {
  return sentence
    .replace(/ \(\{(\w+)\}\)/g, (_, name: string) => (values[name] === undefined ? "" : ` (${values[name]})`))
    .replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}
