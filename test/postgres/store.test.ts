/** The contract of the store over PostgreSQL, and what only a database with many writers can show. */
import { describe } from "vitest";
import { openStore } from "../../src/server/store/open.js";
import { postgresDatabase } from "../server/database.js";
import { storeContract } from "../server/store-contract.js";

describe("PostgreSQL", () => storeContract(async () => {
  const address = postgresDatabase();
  return { open: () => openStore(address), again: () => openStore(address) };
}));
