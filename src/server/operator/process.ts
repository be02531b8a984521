/** What the process itself needs: time of the processor, memory, open files, and how late its turns are. */
import { readdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Meter } from "./meter.js";

/** Looks at its own lateness so often; a finer look would cost more than what it finds. */
const LOOK_MS = 20;
const NANO = 1e-9;

/** The names are those that every program gives these, so that boards made for others show them. Returns what stops it. */
export function measureProcess(meter: Meter): () => void {
  const lateness = monitorEventLoopDelay({ resolution: LOOK_MS });
  lateness.enable();
  meter.reading("process_cpu_seconds_total", "Time of the processor that was used.", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  meter.gauge("process_resident_memory_bytes", "Memory that the process holds.", () => process.memoryUsage.rss());
  meter.gauge("process_start_time_seconds", "When the process began, seconds since 1970.", () => performance.timeOrigin / 1_000);
  meter.gauge("process_open_fds", "Files and sockets that are open.", openFiles);
  meter.gauge("nodejs_heap_size_used_bytes", "Of the memory, what the program's own objects take.", () => process.memoryUsage().heapUsed);
  meter.gauge("nodejs_eventloop_lag_p99_seconds", "How late turns came since this was last asked, 99 of 100 of them.", () => {
    const late = Math.max(0, lateness.percentile(99) * NANO - LOOK_MS / 1_000); // it counts the pause between two looks as well
    lateness.reset();
    return late;
  });
  return () => void lateness.disable();
}

/** Where the system does not say (macOS, Windows) the line stays out. */
function openFiles(): ReadonlyMap<string, number> | number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return new Map();
  }
}
