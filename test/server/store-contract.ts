/** What every database has to keep, whatever it is called: written once, run over each of them. */
import { expect, test } from "vitest";
import type { Entry } from "../../src/model/event.js";
import { emptyState } from "../../src/model/state.js";
import { sealKey } from "../../src/server/credential.js";
import type { KioskRow } from "../../src/server/store/kiosks.js";
import type { CredentialRow, DeviceRow, HandoffRow, LogRow, Store } from "../../src/server/store/store.js";

/** How a database is opened; `again` opens what the first one has written, where that is possible. */
export interface Opening {
  readonly open: () => Promise<Store>;
  readonly again?: () => Promise<Store>;
}

const log: LogRow = { id: "log-1", site: "pk", head: 0, hash: 0, expiresAt: 1_000 };
const device: DeviceRow = { hash: "hash-1", device: "device-1", site: "pk", log: "log-1", channel: "web", name: "Phone", isRevoked: false };
const handoff: HandoffRow = { id: "handoff-1", codeHash: "code", tokenHash: "token", site: "pk", mode: "take", status: "offered", offerer: "hash-1", log: "log-1", expiresAt: 500, looks: 0 };
const kiosk: KioskRow = { id: "kiosk-1", site: "pk", store: "GENT", name: "Kiosk 3", codeHash: "code", codeExpiresAt: 900, isRemoved: false };
const entry = (seq: number): Entry => ({ id: `id-${seq}`, type: "line-added", data: { line: "A", n: seq, text: "half \ud83d, '\u0000;--" }, at: 7, base: 0, seq, device: "device-1", channel: "web", pend: ["x"], from: [{ log: "other" }] });

export function storeContract(prepare: () => Promise<Opening>): void {
  test("a log, its entries, its devices and handoffs are given back as they were written", async () => {
    const store = await (await prepare()).open();
    await store.transact(async (tx) => {
      await tx.putLog(log);
      await tx.append(log.id, [1, 2, 3].map(entry), [11, 22, 4_294_967_295]);
      await tx.putSnapshot(log.id, { seq: 2, hash: 22, fold: 1, state: emptyState });
      await tx.putDevice(device);
      await tx.putHandoff(handoff);
    });
    await store.transact(async (tx) => {
      expect(await tx.log("log-1")).toEqual(log);
      expect(await tx.log("log-2")).toBeUndefined();
      expect(await tx.entries(log.id, 1, 10)).toEqual([entry(2), entry(3)]);
      expect(await tx.entries(log.id, 0, 2)).toEqual([entry(1), entry(2)]);
      expect(await tx.seqsOf(log.id, ["id-3", "id-9", "id-1", ""])).toEqual(new Map([["id-3", 3], ["id-1", 1]]));
      expect(await tx.seqsOf("log-2", ["id-3"])).toEqual(new Map());
      expect([await tx.hashAt(log.id, 3), await tx.hashAt(log.id, 4)]).toEqual([4_294_967_295, undefined]);
      expect(await tx.snapshot(log.id)).toEqual({ seq: 2, hash: 22, fold: 1, state: emptyState });
      expect([await tx.device("hash-1"), await tx.device("x"), await tx.devicesOf("log-1")]).toEqual([device, undefined, [device]]);
      expect([await tx.liveHandoffs("pk", undefined, 500), await tx.liveHandoffs("pk", undefined, 501), await tx.liveHandoffs("pk", "GENT", 500), await tx.liveHandoffs("other", undefined, 500)]).toEqual([1, 0, 0, 0]);
      expect([await tx.handoff("pk", "code"), await tx.handoff("pk", "token"), await tx.handoff("other", "code"), await tx.handoffOf("hash-1")]).toEqual([handoff, handoff, undefined, handoff]);
    });
    await store.close();
  });

  test("a handoff is kept with all that became of it, as long as it may be undone or is lent, and no longer", async () => {
    const store = await (await prepare()).open();
    const lent = { ...handoff, status: "lent" as const, url: "https://shop.example/", place: "GENT", looks: 3, receiver: "hash-2", number: 42, endsAt: 900, target: "log-2", since: 7 };
    await store.transact(async (tx) => {
      await tx.putHandoff(lent);
      expect([await tx.handoff("pk", "code"), await tx.loanTo("hash-2"), await tx.loanTo("hash-1")]).toEqual([lent, lent, undefined]);
      await tx.dropHandoffs(900);
      expect(await tx.loanTo("hash-2")).toEqual(lent);
      await tx.putHandoff({ ...lent, status: "done" });
      expect(await tx.loanTo("hash-2")).toBeUndefined();
      await tx.dropHandoffs(901);
      expect(await tx.handoff("pk", "code")).toBeUndefined();
    });
    await store.close();
  });

  test("a token's user is known until the token has expired, or the device is erased", async () => {
    const store = await (await prepare()).open();
    await store.transact(async (tx) => {
      await tx.putDevice(device);
      for (const [id, expiresAt] of [["a", 5], ["b", 9], ["c", 9]] as const) await tx.putTokenUser("pk", id, id === "c" ? "hash-2" : "hash-1", expiresAt);
      expect([await tx.tokenUser("pk", "a"), await tx.tokenUser("other", "a"), await tx.tokenUser("pk", "x")]).toEqual(["hash-1", undefined, undefined]);
      expect([await tx.dropTokenUsers(5, 9), await tx.tokenUser("pk", "a"), await tx.tokenUser("pk", "b")]).toEqual([1, undefined, "hash-1"]);
      await tx.eraseLog("log-1", 0);
      expect([await tx.tokenUser("pk", "b"), await tx.tokenUser("pk", "c")]).toEqual([undefined, "hash-2"]);
    });
    await store.close();
  });

  test("a kiosk and the visits at it are given back as they were written, by whatever it is asked for by", async () => {
    const store = await (await prepare()).open();
    const visit = { ...device, kiosk: "kiosk-1", store: "GENT", kioskStart: "start-1" };
    const registered = { ...kiosk, hash: "registration", startedAt: 7, isRemoved: true };
    await store.transact(async (tx) => {
      await tx.putKiosk(kiosk);
      await tx.putKiosk({ ...kiosk, id: "kiosk-2", store: "AALST", codeHash: "other" });
      await tx.putDevice(visit);
      await tx.putDevice({ ...device, hash: "hash-2", device: "device-2" });
    });
    await store.transact(async (tx) => {
      expect([await tx.kiosk("kiosk-1"), await tx.kiosk("x"), await tx.kioskByCode("pk", "code"), await tx.kioskByCode("other", "code"), await tx.kioskByRegistration("pk", "registration")]).toEqual([kiosk, undefined, kiosk, undefined, undefined]);
      await tx.putKiosk(registered);
      expect([await tx.kioskByRegistration("pk", "registration"), await tx.kioskByRegistration("other", "registration")]).toEqual([registered, undefined]);
      expect((await tx.kiosksOf("pk")).map(({ id }) => id)).toEqual(["kiosk-2", "kiosk-1"]);
      expect([await tx.visitsAt("kiosk-1"), await tx.visitsAt("kiosk-2"), await tx.device("hash-1")]).toEqual([[visit], [], visit]);
    });
    await store.close();
  });

  test("a row that is written again is replaced, with what it no longer has", async () => {
    const store = await (await prepare()).open();
    const { expiresAt: _, ...lasting } = log;
    const merged = { ...lasting, head: 3, mergedInto: "log-2", customer: "anna" };
    await store.transact(async (tx) => {
      await tx.putLog(log);
      await tx.putLog(merged);
      await tx.putDevice(device);
      await tx.putDevice({ ...device, isRevoked: true, log: "log-2" });
    });
    await store.transact(async (tx) => {
      expect(await tx.log("log-1")).toEqual(merged);
      expect([await tx.customerLog("pk", "anna"), await tx.customerLog("pk", "berta"), await tx.customerLog("other", "anna")]).toEqual([merged, undefined, undefined]);
      expect([await tx.devicesOf("log-1"), (await tx.devicesOf("log-2"))[0]?.isRevoked]).toEqual([[], true]);
    });
    await store.close();
  });

  test("no number is given twice and no event stands twice in one log, even if somebody tries", async () => {
    const store = await (await prepare()).open();
    await store.transact((tx) => tx.append("log-1", [entry(1)], [1]));
    await expect(store.transact((tx) => tx.append("log-1", [{ ...entry(1), id: "other" }], [1]))).rejects.toThrow();
    await expect(store.transact((tx) => tx.append("log-1", [{ ...entry(1), seq: 2 }], [1]))).rejects.toThrow();
    await store.transact((tx) => tx.append("log-2", [entry(1)], [1])); // in another log it may
    expect(await store.transact((tx) => tx.entries("log-1", 0, 9))).toHaveLength(1);
    await store.close();
  });

  test("a job that fails is undone alone: those that share its commit are not disturbed", async () => {
    const store = await (await prepare()).open();
    const jobs = Array.from({ length: 50 }, (_, i) => store.transact(async (tx) => {
      await tx.putLog({ ...log, id: `log-${i}` });
      if (i % 7 === 3) throw new Error(`job ${i}`);
      return i;
    }));
    const outcomes = await Promise.allSettled(jobs);
    const expected = (i: number): object => (i % 7 === 3 ? { status: "rejected", reason: new Error(`job ${i}`) } : { status: "fulfilled", value: i });
    expect(outcomes).toEqual(outcomes.map((_, i) => expected(i)));
    const found = await store.transact((tx) => Promise.all(outcomes.map((_, i) => tx.log(`log-${i}`))));
    expect(found.map((row) => row !== undefined)).toEqual(outcomes.map((_, i) => i % 7 !== 3));
    await store.close();
  });

  test("jobs run one after the other, each seeing what the one before has done", async () => {
    const store = await (await prepare()).open();
    await store.transact((tx) => tx.putLog(log));
    await Promise.all(Array.from({ length: 100 }, () => store.transact(async (tx) => {
      const row = (await tx.log(log.id)) as LogRow;
      await Promise.resolve();
      await tx.putLog({ ...row, head: row.head + 1 });
    })));
    expect(await store.transact((tx) => tx.log(log.id))).toMatchObject({ head: 100 });
    await store.close();
  });

  test("whoever reads sees what was acknowledged, and is not shown half of a job", async () => {
    const store = await (await prepare()).open();
    await store.transact((tx) => tx.putLog(log));
    expect(await store.read((tx) => tx.log(log.id))).toEqual(log);
    const halves = store.transact(async (tx) => {
      await tx.putLog({ ...log, head: 1 });
      await Promise.resolve();
      await tx.append(log.id, [entry(1)], [1]);
    });
    const seen = await store.read(async (tx) => [(await tx.log(log.id))?.head, (await tx.entries(log.id, 0, 9)).length]);
    expect([[0, 0], [1, 1]]).toContainEqual(seen);
    await halves;
    await expect(store.read(() => Promise.reject(new Error("no such page")))).rejects.toThrow("no such page");
    expect(await store.read(async (tx) => [(await tx.log(log.id))?.head, (await tx.entries(log.id, 0, 9)).length])).toEqual([1, 1]);
    await store.close();
  });

  test("what is kept for its time is found when it is over, and is erased with all that hangs on it", async () => {
    const store = await (await prepare()).open();
    await store.transact(async (tx) => {
      await tx.putLog(log);
      await tx.putLog({ ...log, id: "log-2", expiresAt: 2_000 });
      await tx.append("log-1", [entry(1)], [1]);
      await tx.putSnapshot("log-1", { seq: 1, hash: 1, fold: 1, state: emptyState });
      await tx.putDevice(device);
      await tx.putHandoff(handoff);
    });
    expect(await store.transact((tx) => tx.expiredLogs(1_000, 10))).toEqual([]);
    expect(await store.transact((tx) => tx.expiredLogs(1_001, 10))).toEqual(["log-1"]);
    expect(await store.transact((tx) => tx.expiredLogs(9_999, 1))).toHaveLength(1);
    await store.transact((tx) => tx.eraseLog("log-1", 0));
    await store.transact(async (tx) => {
      expect([await tx.log("log-1"), await tx.entries("log-1", 0, 9), await tx.snapshot("log-1"), await tx.device("hash-1"), await tx.handoff("pk", "code")]).toEqual([undefined, [], undefined, undefined, undefined]);
      expect(await tx.log("log-2")).toBeDefined();
    });
    await store.close();
  });

  test("a credential is found by its hash, its device and the name of its sealed box, and goes with the log of its device", async () => {
    const store = await (await prepare()).open();
    const used: CredentialRow = { hash: "hash-1", device: "hash-1", chain: "hash-1", usedAt: 0, retiresAt: 7 };
    const next: CredentialRow = { hash: "hash-2", device: "hash-1", chain: "hash-1" };
    const other: CredentialRow = { ...next, hash: "hash-3", device: "hash-3" };
    await store.transact(async (tx) => {
      await tx.putLog(log);
      await tx.putDevice({ ...device, seenAt: 5, signedInAt: 0, thumbprint: "thumb" });
      for (const row of [used, next, other, { ...other, hash: "hash-4" }]) await tx.putCredential(row);
      await tx.dropCredential("hash-4");
    });
    await store.transact(async (tx) => {
      expect(await tx.device("hash-1")).toEqual({ ...device, seenAt: 5, signedInAt: 0, thumbprint: "thumb" });
      expect([await tx.credential("hash-1"), await tx.credential("hash-4"), await tx.credentialsOf("hash-1")]).toEqual([used, undefined, [used, next]]);
      expect([await tx.credentialBySeal(sealKey("hash-2")), await tx.credentialBySeal("hash-2")]).toEqual([next, undefined]);
      await tx.putCredential({ ...next, usedAt: 9 });
      expect(await tx.credential("hash-2")).toEqual({ ...next, usedAt: 9 });
      await tx.eraseLog(log.id, 0);
      expect([await tx.credentialsOf("hash-1"), await tx.credential("hash-3")]).toEqual([[], other]);
    });
    await store.close();
  });

  test("closing waits for what was begun, and a database that is opened again has it all, under the same epoch", async () => {
    const { open, again } = await prepare();
    const store = await open();
    const writing = Promise.all(Array.from({ length: 20 }, (_, i) => store.transact((tx) => tx.putLog({ ...log, id: `log-${i}` }))));
    await store.close();
    await writing;
    if (again === undefined) return; // a database of this kind ends with its process
    const reopened = await again();
    expect(reopened.epoch).toBe(store.epoch);
    expect(await reopened.transact((tx) => tx.expiredLogs(9_999, 100))).toHaveLength(20);
    await reopened.close();
  });

  test("whoever asks after the end is refused, and the process lives on", async () => {
    const store = await (await prepare()).open();
    await store.close();
    await expect(store.transact((tx) => tx.putLog(log))).rejects.toMatchObject({ code: "unavailable" });
    await expect(store.read((tx) => tx.log(log.id))).rejects.toMatchObject({ code: "unavailable" });
  });

  test("a database that was put back draws a new epoch, and remembers how far each log went under the earlier ones", async () => {
    const { open, again } = await prepare();
    const store = await open();
    const first = store.epoch;
    await store.transact((tx) => tx.putLog({ ...log, head: 7 }));
    await store.restored();
    const second = store.epoch;
    await store.transact((tx) => tx.putLog({ ...log, head: 9 }));
    await store.restored();
    expect(new Set([first, second, store.epoch]).size).toBe(3);
    const heads = (from: Store): Promise<unknown[]> => from.read((tx) => Promise.all([first, second, store.epoch].map((epoch) => tx.restoredHead(log.id, epoch))));
    expect(await heads(store)).toEqual([7, 9, undefined]);
    await store.close();
    const reopened = await again?.();
    if (reopened === undefined) return; // a database of this kind ends with its process
    expect([reopened.epoch, await heads(reopened)]).toEqual([store.epoch, [7, 9, undefined]]);
    await reopened.transact((tx) => tx.eraseLog(log.id, 0));
    expect(await heads(reopened)).toEqual([undefined, undefined, undefined]);
    await reopened.close();
  });

  test("every new database has an epoch of its own", async () => {
    const stores = await Promise.all([(await prepare()).open(), (await prepare()).open()]);
    expect(new Set(stores.map(({ epoch }) => epoch)).size).toBe(2);
    await Promise.all(stores.map((store) => store.close()));
  });
}
