/** What the audit knows by itself: what controls are called in four languages, who belongs to whom, how long a cookie asks for. */
import { expect, test } from "vitest";
import { lifetimeOf } from "../../src/audit/notes.js";
import { isChoice, matching } from "../../src/audit/necessary.js";
import { isThirdParty } from "../../src/audit/party.js";
import { isNecessaryBox, meaningOf } from "../../src/audit/words.js";
import { consentInDutch } from "../../src/ui/dutch.js";
import { consentInEnglish } from "../../src/ui/english.js";
import { consentInFrench } from "../../src/ui/french.js";
import { consentInGerman } from "../../src/ui/german.js";

test.each(Object.entries({ nl: consentInDutch, en: consentInEnglish, de: consentInGerman, fr: consentInFrench }))(
  "carryover's own controls are understood (%s)",
  (_, texts) => {
    expect([texts.accept, texts.refuse, texts.choose, texts.save].map(meaningOf)).toEqual(["accept", "refuse", "choose", "save"]);
  },
);

test.each([
  ["Akkoord", "accept"], ["Alle cookies toestaan", "accept"], ["Alleen noodzakelijke cookies", "refuse"], ["Niet accepteren", "refuse"], ["Cookievoorkeuren", "choose"],
  ["Allow all cookies", "accept"], ["I agree", "accept"], ["Reject all", "refuse"], ["Continue without accepting", "refuse"], ["Only necessary", "refuse"], ["Manage cookies", "choose"],
  ["Alle akzeptieren", "accept"], ["Zustimmen", "accept"], ["Nur notwendige Cookies", "refuse"], ["Cookie-Einstellungen", "choose"], ["Auswahl speichern", "save"],
  ["J’accepte", "accept"], ["Continuer sans accepter", "refuse"], ["Gérer les cookies", "choose"], ["Enregistrer", "save"],
  ["Cookies: geaccepteerd · wijzigen", "choose"], ["Cookies: geweigerd · wijzigen", "choose"],
  ["In mandje", undefined], ["Bestellen", undefined], ["", undefined], ["Wij accepteren ook betalingen met iDEAL, Bancontact en creditcard", undefined],
])("%s: %s", (name, meaning) => {
  expect(meaningOf(name)).toBe(meaning);
});

test.each([
  ["shop.example", "www.shop.example", false], ["shop.example", ".shop.example", false], ["shop.example", "shop.example:8080", false],
  ["shop.example", "ads.example", true], ["shop.co.uk", "cdn.shop.co.uk", false], ["shop.co.uk", "other.co.uk", true], ["bol.com", "a.be", true],
  ["127.0.0.1:80", "127.0.0.1:81", false], ["127.0.0.1", "127.0.0.2", true], ["127.0.0.1", "localhost", true],
])("on %s, %s is somebody else's: %s", (shop, host, isElse) => {
  expect(isThirdParty(host, shop)).toBe(isElse);
});

test("a cookie is believed when it says how long it is to be kept, and its value is not looked at", () => {
  const now = Date.UTC(2026, 10, 22);
  expect(lifetimeOf("_ga; Path=/; Max-Age=60", now)).toEqual({ name: "_ga", keptMs: 60_000 });
  expect(lifetimeOf("_ga=GA1; expires=Mon, 23 Nov 2026 00:00:00 GMT", now)).toEqual({ name: "_ga", keptMs: 86_400_000 });
  expect(lifetimeOf("_ga=GA1; max-age=0; expires=Mon, 23 Nov 2026 00:00:00 GMT", now)).toEqual({ name: "_ga", keptMs: 0 });
  expect(lifetimeOf("session=1; Secure", now)).toEqual({ name: "session" });
});

test("the answer itself may be kept, by us and by the known platforms, and what a shop allows by a pattern", () => {
  expect(["carryover:pk_shop:choice", "cc_cookie", "OptanonConsent", "cmplz_marketing"].map(isChoice)).toEqual([true, true, true, true]);
  expect(["carryover:pk_shop:session", "_ga", "my_cc_cookie", "klaro2"].map(isChoice)).toEqual([false, false, false, false]);
  const isAllowed = matching(["PHPSESSID", "cart:*", "*.shop.example", "a.b"]);
  expect(["phpsessid", "cart:", "cart:1", "cdn.shop.example", "a.b"].map(isAllowed)).toEqual([true, true, true, true, true]);
  expect(["PHPSESSID2", "xcart:1", "shop.example", "axb"].map(isAllowed)).toEqual([false, false, false, false]);
});

test("a box for what is necessary may be ticked", () => {
  expect(["Strikt noodzakelijk", "Essential cookies", "Technisch notwendig", "Cookies nécessaires"].map(isNecessaryBox)).toEqual([true, true, true, true]);
  expect(["Statistiek", "Marketing", "Personalisierung"].map(isNecessaryBox)).toEqual([false, false, false]);
});
