/** Consent from a platform of the advertisers' association (IAB TCF 2.2), through its `__tcfapi`. */
import type { ConsentSource } from "../browser/source.js";
import { answersOf, checkMapping } from "./purposes.js";
import { type Answers, createSource, onArrival, quietly } from "./source.js";

type Consents = { readonly consents: Readonly<Record<string, boolean>> };
interface TcData {
  readonly listenerId?: number;
  readonly eventStatus?: string;
  readonly gdprApplies?: boolean;
  readonly tcString?: string;
  readonly purpose?: Consents;
  readonly vendor?: Consents;
}

type Api = (command: string, version: number, callback: (data: TcData | null, isSuccess: boolean) => void, parameter?: number) => void;
const api = (): Api | undefined => (globalThis as { __tcfapi?: Api }).__tcfapi;

/** How the shop's purposes lie over those of the TCF. */
export interface TcfOptions<Purpose extends string = string> {
  /** By purpose of the shop the numbers of TCF's purposes; all of them must be granted. */
  readonly purposes: Readonly<Record<Purpose, readonly number[]>>;
  /** By purpose of the shop the numbers of vendors that must be granted besides. */
  readonly vendors?: Readonly<Partial<Record<NoInfer<Purpose>, readonly number[]>>>;
}

/**
 * Follows any platform with a `__tcfapi`, also one that comes later. Where it says that the GDPR does not apply, nobody was
 * asked, so there is no answer.
 * @example tcfSource({ purposes: { analytics: [1, 8], marketing: [1, 2, 3, 4, 7] }, vendors: { marketing: [755] } });
 */
export function tcfSource<Purpose extends string>(options: TcfOptions<Purpose>): ConsentSource {
  checkMapping("tcfSource({ purposes })", options.purposes);
  return createSource("tcf", (tell) => {
    let isOver = false;
    let listener: number | undefined;
    const remove = (): void => void (listener !== undefined && api()?.("removeEventListener", 2, () => {}, listener));
    const hear = (data: TcData | null, isSuccess: boolean): void => void quietly(() => {
      if (!isSuccess || data === null) return;
      listener = data.listenerId;
      if (isOver) remove(); // what a stub had kept for the platform came through after all
      else if (isAnswered(data)) tell(answersIn(data, options));
    });
    const stop = onArrival(() => {
      api()?.("addEventListener", 2, hear);
      return api() !== undefined;
    });
    return () => [() => (isOver = true), stop, remove].forEach((end) => end());
  });
}

/** While the question is on the screen (`cmpuishown`) the string is none, or the one from before. */
function isAnswered({ eventStatus = "", gdprApplies, tcString = "" }: TcData): boolean {
  return gdprApplies === true && tcString !== "" && ["tcloaded", "useractioncomplete"].includes(eventStatus);
}

function answersIn({ purpose, vendor }: TcData, { purposes, vendors }: TcfOptions): Answers {
  return answersOf(purposes, (number, name) => purpose?.consents[number] === true
    && (vendors?.[name] ?? []).every((id) => vendor?.consents[id] === true));
}
