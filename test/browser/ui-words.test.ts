/** The words of the screens: the same sentences in each language, with the same places for names. */
import { expect, test } from "vitest";
import * as ui from "../../src/ui/index.js";

type Words = Readonly<Record<string, unknown>>;

const consent: Record<string, Words> = { nl: { ...ui.consentInDutch }, en: { ...ui.consentInEnglish }, de: { ...ui.consentInGerman }, fr: { ...ui.consentInFrench } };
const handoff: Record<string, Words> = { nl: { ...ui.handoffInDutch }, en: { ...ui.handoffInEnglish }, de: { ...ui.handoffInGerman }, fr: { ...ui.handoffInFrench } };

/** Every sentence by its path, with the names that come into it. */
function sentencesIn(words: Words, path = ""): [path: string, text: string][] {
  return Object.entries(words).flatMap(([name, value]) => (typeof value === "string" ? [[path + name, value] as [string, string]] : sentencesIn(value as Words, `${path}${name}.`)));
}

const placesIn = (text: string): string => [...text.matchAll(/\(?\{\w+\}\)?/g)].map(String).sort().join(" ");

test.each(["en", "de", "fr"])("%s says all that Dutch says, with the same names in it", (lang) => {
  for (const texts of [consent, handoff]) {
    const [dutch, other] = [texts.nl, texts[lang]].map((words) => sentencesIn(words ?? {}).map(([path, text]) => [path, placesIn(text)]));
    expect(other).toEqual(dutch);
  }
});

test.each(["nl", "en", "de", "fr"])("every sentence in %s is short enough to be read at a glance", (lang) => {
  const long = [...sentencesIn(consent[lang] ?? {}), ...sentencesIn(handoff[lang] ?? {})]
    .flatMap(([path, text]) => text.split(/(?<=[.?!])\s/).map((sentence) => [path, sentence.split(/\s+/).length] as const))
    .filter(([, words]) => words > 18);
  expect(long).toEqual([]);
});

test("the screens can be loaded and defined where there is no page", () => {
  expect(() => ui.defineScreens(undefined as unknown as ui.Screens)).not.toThrow();
});
