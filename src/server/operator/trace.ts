/** Spans for whoever has registered an OpenTelemetry provider in this process; for everybody else nothing is done at all. */
import type { Span } from "@opentelemetry/api";

// Said in words of our own: a shop without the library has not got its types either.
type Attributes = Readonly<Record<string, string | number>>;

export interface Trace {
  /** Runs the work within a span, which ends with it. */
  span<T>(name: string, work: () => T): T;
  /** As `span`, as part of what the headers of a request say it is part of. */
  request<T>(name: string, headers: Readonly<Record<string, string>>, work: (note: (attributes: Attributes) => void) => Promise<T>): Promise<T>;
}

/** Without the library. */
export const noTrace: Trace = {
  span: (_name, work) => work(),
  request: (_name, _headers, work) => work(() => undefined),
};

type Api = typeof import("@opentelemetry/api");

/** The library is an application's own, and need not be there. */
export async function findTrace(): Promise<Trace> {
  const api = await import("@opentelemetry/api").catch(() => undefined);
  return api === undefined ? noTrace : createTrace(api);
}

/** Asks each time who traces: a provider may be registered after the server was made. */
function createTrace({ context, propagation, SpanKind, SpanStatusCode, trace }: Api): Trace {
  const tracer = trace.getTracer("carryover");

  const within = <T>(span: Span, work: () => T): T => {
    const failed = (error: unknown): never => {
      span.setStatus({ code: SpanStatusCode.ERROR }); // without the sentence: a database's own may hold what was written
      span.end();
      throw error;
    };
    let outcome: T;
    try {
      outcome = work();
    } catch (error) {
      return failed(error);
    }
    if (outcome instanceof Promise) return outcome.then((value: unknown) => {
      span.end();
      return value;
    }, failed) as T;
    span.end();
    return outcome;
  };

  return {
    span: (name, work) => tracer.startActiveSpan(name, (span) => within(span, work)),
    request(name, headers, work) {
      const from = propagation.extract(context.active(), headers);
      return tracer.startActiveSpan(name, { kind: SpanKind.SERVER }, from, (span) => within(span, () => work((attributes) => void span.setAttributes({ ...attributes }))));
    },
  };
}
