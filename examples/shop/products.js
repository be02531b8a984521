/** What the shop sells: the few shoes and books that all three examples show. */

/**
 * @typedef {object} Product
 * @property {string} sku
 * @property {string} name
 * @property {string} about One line under the name.
 * @property {string} story Two sentences for the product page.
 * @property {number} cents Price in euro cents.
 * @property {string} picture
 * @property {readonly string[]} [sizes] Shoes come in sizes; a size is the option `maat` of a cart line.
 */

/** @type {readonly Product[]} */
export const products = [
  {
    sku: "SCHOEN-42", name: "Sneaker Amstel", about: "Wit leer, twee blauwe strepen", cents: 4999, picture: "sneaker",
    story: "Een lichte sneaker van zacht leer. De zool veert goed mee op straat.", sizes: ["39", "40", "41", "42", "43", "44"],
  },
  {
    sku: "BOEK-1", name: "Wandelen langs water", about: "Joost van Laar · 24 routes", cents: 2000, picture: "walks",
    story: "Vierentwintig wandelingen langs rivier, plas en zee. Met kaarten en de beste koffie onderweg.",
  },
  {
    sku: "LAARS-7", name: "Chelseaboot Haarlem", about: "Cognac leer, soepel elastiek", cents: 11995, picture: "boot",
    story: "Een stevige laars die je zo aantrekt. Gemaakt van leer dat mooier wordt door dragen.", sizes: ["38", "39", "40", "41", "42", "43"],
  },
  {
    sku: "BOEK-2", name: "De laatste veerpont", about: "Mirthe Aalders · roman", cents: 2299, picture: "ferry",
    story: "Een pontbaas vaart zijn laatste zomer. Een warme roman over blijven en weggaan.",
  },
  {
    sku: "LOPER-3", name: "Loopschoen Duin", about: "Veel demping, weinig gewicht", cents: 8995, picture: "runner",
    story: "Voor lange rondes over zand en asfalt. De brede zool geeft rust bij elke stap.", sizes: ["39", "40", "41", "42", "43", "44"],
  },
  {
    sku: "BOEK-3", name: "Brood voor iedereen", about: "Samira Haddad · kookboek", cents: 2750, picture: "bread",
    story: "Zestig broden, van snel plat brood tot zuurdesem. Elke stap staat op een foto.",
  },
  {
    sku: "SANDAAL-5", name: "Sandaal Zeeland", about: "Kurken voetbed, twee banden", cents: 5995, picture: "sandal",
    story: "Een sandaal voor de hele zomer. Het kurk neemt de vorm van je voet aan.", sizes: ["37", "38", "39", "40", "41", "42"],
  },
  {
    sku: "BOEK-4", name: "Kleine wolkenatlas", about: "Pim Verkerk · natuur", cents: 1895, picture: "clouds",
    story: "Welke wolk is dat, en komt er regen? Een klein boek om altijd bij je te hebben.",
  },
];

const bySku = new Map(products.map((product) => [product.sku, product]));
const money = new Intl.NumberFormat("nl-NL", { style: "currency", currency: "EUR" });

/** The size that is chosen before the shopper chooses. */
export const usualSize = (/** @type {Product} */ product) => (product.sizes?.includes("42") ? "42" : product.sizes?.[0]);

/** @param {string} sku */
export const productOf = (sku) => bySku.get(sku);

/** @param {number} cents */
export const euro = (cents) => money.format(cents / 100);

/** @param {string} picture */
export const pictureUrl = (picture) => `/shop/pictures/${picture}.svg`;

/** What travels with a cart line, so that another screen can show it without asking. Prices that count come from the shop. */
export const detailsOf = (/** @type {Product} */ { name, cents, picture }) => ({ name, cents, picture });

/**
 * A cart line in the shop's words: from the shop's own list if it knows the product, otherwise from what travelled with it.
 * @param {{ sku: string, options: Record<string, string>, quantity: number, details?: Record<string, any> }} line
 */
export function shownLine({ sku, options, quantity, details = {} }) {
  const { name, cents, picture } = productOf(sku) ?? { name: sku, cents: 0, picture: "walks", ...details };
  const choice = Object.entries(options ?? {}).map(([option, value]) => `${option} ${value}`).join(", ");
  return { name, choice, picture, quantity, cents: cents * quantity };
}

/** What a whole cart costs, in cents. */
export const totalOf = (/** @type {readonly any[]} */ lines) => lines.reduce((sum, line) => sum + shownLine(line).cents, 0);

/** "1 artikel", "3 artikelen". */
export const articles = (/** @type {number} */ n) => (n === 1 ? "1 artikel" : `${n} artikelen`);
