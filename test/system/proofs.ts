/** Signed proofs of who the customers of the town are: made once, good for all of its histories. */
import { SignJWT } from "jose";
import { CUSTOMERS } from "./happenings.js";
import { SECRET } from "./shop.js";

export async function proofs(): Promise<Readonly<Record<string, string>>> {
  const key = new TextEncoder().encode(SECRET);
  const sign = (name: string): Promise<string> => new SignJWT({}).setProtectedHeader({ alg: "HS256" }).setSubject(name).setExpirationTime("10y").sign(key);
  return Object.fromEntries(await Promise.all(CUSTOMERS.map(async (name) => [name, await sign(name)] as const)));
}
