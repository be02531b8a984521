/** The door on a port of its own, for whoever runs the server and what measures it. */
import { Hono } from "hono";
import type { Live } from "../live.js";
import type { Meter } from "./meter.js";
import { healthRoutes, metricsRoute } from "./operator-routes.js";
import { measureProcess } from "./process.js";
import type { Readiness } from "./readiness.js";

export function operatorDoor(meter: Meter, readiness: Readiness): Hono {
  const door = new Hono();
  healthRoutes(door, readiness);
  metricsRoute(door, meter, readiness);
  return door;
}

/** What is read off the server when somebody looks. Returns what stops it. */
export function measureServer(meter: Meter, live: Live, readiness: Readiness): () => void {
  meter.gauge("carryover_streams", "Streams that are open.", () => live.connections);
  meter.gauge("carryover_stream_buffered_bytes", "What the readers of all streams have not taken yet.", () => live.bufferedBytes());
  meter.gauge("carryover_part_well", "1 while a part is well: the database, whether requests are accepted.", () => {
    return new Map(readiness.parts().map(({ name, isWell }) => [name, Number(isWell)]));
  }, "part");
  return measureProcess(meter);
}
