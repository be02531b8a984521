/** Spans for an application that traces; for one that does not, nothing happens. */
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { afterAll, expect, test } from "vitest";
import { noTrace } from "../../src/server/operator/trace.js";
import { PATHS } from "../../src/wire/version.js";
import { added, createDesk, stranger } from "./desk.js";

const spans = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
afterAll(() => provider.shutdown());

test("before a provider is registered requests are served and nobody hears of them; after it, of each with its job and what it told others", async () => {
  const desk = await createDesk();
  await desk.push(stranger(), [added("A")]);
  expect(spans.getFinishedSpans()).toEqual([]);

  provider.register(); // also for a server that was made before
  const who = stranger();
  const trace = "0af7651916cd43dd8448eb211c80319c";
  await desk.post(PATHS.push, { ...who, events: [added("SCHOEN-42")] }, { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } });
  const [store, fanOut, request] = ["store write", "fan-out", `POST ${PATHS.push}`].map((name) => spans.getFinishedSpans().find((span) => span.name === name));
  expect(request).toMatchObject({ kind: SpanKind.SERVER, attributes: { "http.request.method": "POST", "http.route": PATHS.push, "http.response.status_code": 200 } });
  expect(request?.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
  for (const inner of [store, fanOut]) expect(inner?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
  for (const span of [store, fanOut, request]) expect(span?.spanContext().traceId).toBe(trace);

  await desk.post(PATHS.push, { ...who, log: "no-such-log-here", events: [], credential: stranger().credential });
  expect(spans.getFinishedSpans().filter(({ status }) => status.code === SpanStatusCode.ERROR).map(({ name }) => name)).toEqual(["store write"]);
  const told = JSON.stringify(spans.getFinishedSpans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status })));
  for (const secret of [who.credential.slice(0, 8), who.credential.slice(9), "SCHOEN"]) expect(told).not.toContain(secret);
});

test("without the library the work is done all the same, and what goes wrong goes on", async () => {
  expect(noTrace.span("fan-out", () => 7)).toBe(7);
  expect(await noTrace.request("POST /", {}, async (note) => (note({}), 8))).toBe(8);
  expect(() => noTrace.span("fan-out", () => { throw new Error("as it was"); })).toThrow("as it was");
});
