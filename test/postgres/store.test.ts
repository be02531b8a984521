/** The contract of the store over PostgreSQL, and what only a database with many writers can show. */
import { describe, expect, test } from "vitest";
import { openStore } from "../../src/server/store/open.js";
import { added, createDesk, stranger } from "../server/desk.js";
import { postgresDatabase } from "../server/database.js";
import { storeContract } from "../server/store-contract.js";
import { countRounds } from "./rounds.js";

describe("PostgreSQL", () => storeContract(async () => {
  const address = postgresDatabase();
  return { open: () => openStore(address), again: () => openStore(address) };
}));

test("a name that the database could not keep as it is is refused, and never taken for somebody else's", async () => {
  const store = await openStore(postgresDatabase());
  const put = (id: string, customer: string): Promise<void> => store.transact((tx) => tx.putLog({ id, site: "pk", head: 0, hash: 0, customer }));
  await put("anna", "anna\ufffd");
  for (const name of ["anna\ud83d", "anna\u0000"]) {
    await expect(put("other", name)).rejects.toMatchObject({ code: "request-malformed" });
    expect(await store.read((tx) => tx.customerLog("pk", name))).toBeUndefined();
  }
  expect(await store.read((tx) => tx.log("other"))).toBeUndefined();
  await store.close();
});

test("a push is two round trips, however much it writes", async () => {
  const rounds = countRounds();
  const desk = await createDesk({ database: postgresDatabase() });
  const who = stranger();
  await desk.push(who, [added("SCHOEN-42")]);
  await desk.push(who, [added("SCHOEN-42")]); // the connection knows its statements now, and the server the cart
  const events = Array.from({ length: 50 }, () => added("SCHOEN-42"));
  await desk.push(who, events);
  for (const { id } of events) expect(rounds(id)).toBe(2);
});
