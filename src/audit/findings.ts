/** What the rules object to in what was seen; each number is explained in docs/audit.md. */
import { type IsNecessary, isChoice, matching } from "./necessary.js";
import type { Contact, Finding, FirstLayer, Kept, Moment, Refused, Seen, Withdrawn } from "./seen.js";

const DAY = 86_400_000;
/** Thirteen months, as the CNIL counts them for measuring; nobody allows more. */
const LONGEST_MS = 397 * DAY;
/** What it takes to open the question again, which opens of itself when it is to be answered for the first time. */
const OPENING_CLICKS = 1;

/** In the order of the visits; empty when nothing was found. */
export function findingsIn({ before, layer, refused, withdrawn }: Seen, allow: readonly string[]): Finding[] {
  const isAllowed = matching(allow);
  return [
    ...(before === undefined ? [] : atMoment("L1", "before any choice", before, isAllowed)),
    ...(layer === undefined ? [] : onLayer(layer)),
    ...(refused === undefined ? [] : afterRefusal(refused, isAllowed)),
    ...(withdrawn === undefined ? [] : afterWithdrawal(withdrawn, isAllowed)),
    ...tooLong([before, refused?.nextPage, withdrawn?.granted, withdrawn?.later], isAllowed),
  ];
}

function finding(rule: string, says: string, evidence: readonly string[]): Finding[] {
  return evidence.length > 0 ? [{ rule, says, evidence }] : [];
}

/** Before a choice there is no choice to keep, so that its record is no exception then. */
function atMoment(rule: string, when: string, { kept, contacts }: Moment, isNecessary: IsNecessary): Finding[] {
  return [
    ...finding(rule, `Something is kept on the device ${when}.`, kept.filter(({ name }) => !isNecessary(name)).map(wordsOf)),
    ...finding(rule, `Others are spoken to ${when}.`, contacts.filter(({ host }) => !isNecessary(host)).map(wordsOfContact)),
  ];
}

function onLayer({ accept, refuse, differences, ticked, isGoneByScrolling }: FirstLayer): Finding[] {
  const says = refuse === undefined ? "Everything can be accepted, but not refused." : "Accepting takes one click, refusing a second layer.";
  return [
    ...(isGoneByScrolling ? finding("L8", "The question goes away by scrolling, which is no answer.", [`"${accept}" could be pressed before, and not after.`]) : []),
    ...finding("L8", "Something is ticked before anybody has touched it.", ticked.map((name) => `"${name}" is ticked.`)),
    ...(refuse?.layer === 1 || isGoneByScrolling ? [] : finding("L9", says, [refuse === undefined ? `Only "${accept}" was found.` : `"${accept}" stands on the first layer, "${refuse.name}" behind it.`])),
    ...finding("L9", "Refusing is not as easy as accepting.", differences),
  ];
}

function afterRefusal({ after, nextPage, isAskedAgain }: Refused, isAllowed: IsNecessary): Finding[] {
  const isNecessary: IsNecessary = (name) => isAllowed(name) || isChoice(name);
  const contacts = [...after.contacts, ...nextPage.contacts];
  return [
    ...atMoment("L1", "although everything was refused", { kept: unique([...after.kept, ...nextPage.kept]), contacts }, isNecessary),
    ...(isAskedAgain ? finding("L19", "Whoever has refused is asked again on the next page.", ["The question was there after a reload."]) : []),
  ];
}

function afterWithdrawal({ wayBack, clicks, soon, later, reads = [], sent = [] }: Withdrawn, isAllowed: IsNecessary): Finding[] {
  if (wayBack === undefined) return finding("L13", "Nothing leads back to the question.", ["No control for it was found on the page once everything was accepted."]);
  if (clicks === undefined) return finding("L13", "The way back leads to no withdrawal.", [`Behind "${wayBack}" nothing was found that refuses.`]);
  const isGated = (name: string): boolean => !isAllowed(name) && !isChoice(name);
  const [now, then] = [soon?.kept ?? [], later?.kept ?? []].map((kept) => kept.filter(({ name }) => isGated(name))) as [Kept[], Kept[]];
  const early = new Set(now.map(wordsOf));
  const names = new Set([...now, ...then].map(({ name }) => name));
  return [
    ...(clicks > 1 + OPENING_CLICKS ? finding("L13", "Withdrawing takes more clicks than accepting.", [`Accepting takes 1 click, withdrawing ${clicks - OPENING_CLICKS}, and ${OPENING_CLICKS} to open the question.`]) : []),
    ...finding("L14", "Something stays on the device after the withdrawal.", then.map(wordsOf).filter((words) => early.has(words))),
    ...finding("L14", "Something is made again after the withdrawal.", then.map(wordsOf).filter((words) => !early.has(words))),
    ...finding("L14", "Something is still read after the withdrawal.", reads.filter((name) => names.has(name))),
    ...finding("L14", "The next page is still asked for with cookies.", sent.filter(isGated)),
    ...finding("L14", "Others are still spoken to after the withdrawal.", (later?.contacts ?? []).filter(({ host }) => !isAllowed(host)).map(wordsOfContact)),
  ];
}

function tooLong(moments: readonly (Moment | undefined)[], isAllowed: IsNecessary): Finding[] {
  const all = unique(moments.flatMap((moment) => moment?.kept ?? [])).filter(({ keptMs = 0, name }) => keptMs > LONGEST_MS && !isAllowed(name));
  return [
    ...finding("L6", "A cookie asks to be kept for more than thirteen months.", all.filter(({ name }) => !isChoice(name)).map(wordsOf)),
    ...finding("L19", "The answer itself is kept for more than thirteen months.", all.filter(({ name }) => isChoice(name)).map(wordsOf)),
  ];
}

function unique(kept: readonly Kept[]): Kept[] {
  return [...new Map(kept.map((one) => [`${one.where} ${one.host} ${one.name}`, one])).values()];
}

/** `cookie _ga of shop.example, 730 days`. */
export function wordsOf({ where, name, host, isThirdParty, keptMs }: Kept): string {
  const long = where !== "cookie" ? "" : keptMs === undefined ? ", for the session" : `, ${days(keptMs)}`;
  return `${where} ${name} of ${host}${isThirdParty ? " (a third party)" : ""}${long}`;
}

export function wordsOfContact({ host, count }: Contact): string {
  return `${host}, ${count} ${count === 1 ? "request" : "requests"}`;
}

function days(ms: number): string {
  const number = Math.round(ms / DAY);
  return number === 1 ? "1 day" : number === 0 ? `${Math.max(1, Math.round(ms / 60_000))} minutes` : `${number} days`;
}
