/** What a device did and a restored log has lost, as it is sent again. */
import type { Event } from "./event.js";
import { isRecord, PEND_PER_EVENT } from "./limits.js";

/**
 * The numbers these events went by are void: the log gives them anew. What a device had done before itself it has surely
 * seen, so each event that takes something away names those of the earlier ones that are about the same; or a line that was
 * added and removed after the backup would come back. `epoch` is the one the numbers speak of.
 */
export function again(events: readonly Event[], epoch: string | undefined): Event[] {
  return events.map((event, i) => {
    const earlier = takes(event) ? events.slice(0, i).filter((other) => isAbout(other, event)).map(({ id }) => id) : [];
    const pend = [...new Set([...(event.pend ?? []), ...earlier])].slice(-PEND_PER_EVENT);
    return { ...event, epoch: event.epoch ?? epoch, ...(pend.length > 0 && { pend }) };
  });
}

/** An addition without details takes nothing's place, and a decrease names its units anyway. */
function takes({ type, data }: Event): boolean {
  return type === "line-added" ? isRecord(data) && data.details !== undefined : type !== "line-decreased";
}

function isAbout(earlier: Event, later: Event): boolean {
  const [before, after] = [subjectsOf(earlier), subjectsOf(later)];
  return later.type === "cart-cleared" ? earlier.type !== "consent-decided" : before.some((subject) => after.includes(subject));
}

function subjectsOf({ type, data }: Event): readonly string[] {
  const { line, to, code } = isRecord(data) ? data : {};
  return type === "consent-decided" ? [type] : [line, to, code].filter((subject) => typeof subject === "string");
}
