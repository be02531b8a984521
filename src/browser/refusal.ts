/** What a shop is told when something was refused or the weather is bad. */
import { type Problem, type ProblemCode, problems, type Refusal } from "../wire/problem.js";

/** The reason a promise of the client is rejected with; `problem` listeners get the same words. */
export class RefusalError extends Error implements Refusal {
  override readonly name = "RefusalError";

  constructor(readonly code: ProblemCode, message: string = problems[code].title, readonly retryAfterMs?: number) {
    super(message);
  }

  get retryable(): boolean {
    return "retryable" in problems[this.code];
  }
}

/** Reads a refusal off an answer; whatever is not from our server (a captive portal, a proxy) is weather. */
export async function refusalOf(response: Response): Promise<RefusalError> {
  const problem = await response.json().catch(() => undefined) as Partial<Problem> | undefined;
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const wait = Number.isFinite(seconds) ? seconds * 1_000 : undefined;
  const code = problem?.code;
  if (code !== undefined && Object.hasOwn(problems, code)) return new RefusalError(code, problem?.detail, wait);
  return new RefusalError("unreachable", `Something answered ${response.status} that is not the server.`, wait);
}
