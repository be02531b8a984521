/** What a shop is told when something was refused or the weather is bad. */
import { isRetryable, type Problem, type ProblemCode, type Refusal } from "../wire/problem.js";

/** The reason a promise of the client is rejected with; `problem` listeners get the same words. */
export class RefusalError extends Error implements Refusal {
  override readonly name = "RefusalError";

  constructor(readonly code: ProblemCode, message = `carryover: ${code.replace(/-/g, " ")}`, readonly retryAfterMs?: number) {
    super(message);
  }

  get retryable(): boolean {
    return isRetryable(this.code);
  }
}

/** What a firewall answers when it dislikes a request, and no server that is merely not there. */
const BLOCKED = [400, 403, 406, 413, 415, 422];
/** Nobody is kept waiting longer, whatever a server or its proxy asks for: its clock or ours may be wrong by a day. */
const LONGEST_MS = 3_600_000;

/** Reads a refusal off an answer; whatever is not from our server (a captive portal, a proxy) is weather. */
export async function refusalOf(response: Response): Promise<RefusalError> {
  const { code, detail } = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const foreign = BLOCKED.includes(response.status) ? "request-blocked" : "unreachable";
  return new RefusalError(code || foreign, code && detail, waitOf(response.headers.get("retry-after")));
}

/** `Retry-After` as milliseconds from now: whole seconds, or the date that a proxy may write instead (RFC 9110, 10.2.3). */
function waitOf(text: string | null): number | undefined {
  const ms = /^\d+$/.test(text ?? "") ? Number(text) * 1_000 : Date.parse(text ?? "") - Date.now();
  return ms > 0 ? Math.min(ms, LONGEST_MS) : undefined;
}
