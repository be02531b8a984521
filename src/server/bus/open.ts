/** Chooses the bus: by its address where one is named, else by the database. */
import { kindOf } from "../store/open.js";
import { type Bus, createNoBus, type Ears } from "./bus.js";

export interface BusOptions {
  /** `nats://…`; without it a PostgreSQL is its own bus, and a file has none. */
  readonly bus?: string | undefined;
  readonly database: string;
  /** Of the database: servers of several databases may share one NATS. */
  readonly epoch: string;
  readonly now: () => number;
}

/** Throws a TypeError when the address is not one of a bus. */
export function readBus(bus: string | undefined): void {
  if (bus !== undefined && !/^(nats|tls):\/\//.test(bus)) throw new TypeError(`carryover: bus takes the address of a NATS, nats://…; found ${/^[a-z]+:/i.exec(bus)?.[0] ?? "none"}.`);
}

/** The bus need not be reached: the server goes on without, and looks more often. */
export async function openBus({ bus, database, epoch, now }: BusOptions, ears: Ears): Promise<Bus> {
  if (bus !== undefined) return (await import("./nats-bus.js")).openNatsBus(bus, `carryover.${epoch}`, ears, now);
  return kindOf(database) === "postgres" ? (await import("./postgres-bus.js")).openPostgresBus(database, ears, now) : createNoBus(now);
}
