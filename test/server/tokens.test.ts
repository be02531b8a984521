/** Who a customer is, as the shop has signed it: everything else is refused, in words that do not repeat it. */
import { createServer as createHttp } from "node:http";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { expect, test, vi } from "vitest";
import { PATHS } from "../../src/wire/version.js";
import { added, type Answer, atEnd, createDesk, type Desk, expectRefusal, SECRET, signed, site, stranger } from "./desk.js";

const later = (desk: Desk, seconds = 3_600): number => Math.floor(desk.now / 1_000) + seconds;

async function present(desk: Desk, token: string): Promise<Answer> {
  return desk.post(PATHS.signIn, { ...stranger(), token, merge: "union", consent: "newest" });
}

const forgeries: readonly (readonly [string, (desk: Desk) => Promise<string> | string])[] = [
  ["with another shop's secret", (desk) => signed({ sub: "anna", exp: later(desk) }, "the secret of some other shop, 32 bytes")],
  ["without a signature", (desk) => new UnsecuredJWT({ sub: "anna", exp: later(desk) }).encode()],
  ["that says alg none and carries a signature", async (desk) => `${btoa('{"alg":"none"}').replace(/=/g, "")}.${(await signed({ sub: "anna", exp: later(desk) })).split(".").slice(1).join(".")}`],
  ["with an algorithm the site does not use", (desk) => new SignJWT({ sub: "anna", exp: later(desk) }).setProtectedHeader({ alg: "HS512" }).sign(new TextEncoder().encode(SECRET.repeat(2)))],
  ["signed with a key of its own", async (desk) => new SignJWT({ sub: "anna", exp: later(desk) }).setProtectedHeader({ alg: "ES256" }).sign((await generateKeyPair("ES256")).privateKey)],
  ["that has expired", (desk) => signed({ sub: "anna", exp: later(desk, -61) })],
  ["that never expires", () => signed({ sub: "anna" })],
  ["that is not valid yet", (desk) => signed({ sub: "anna", exp: later(desk), nbf: later(desk, 120) })],
  ["without a customer", (desk) => signed({ exp: later(desk) })],
  ["whose customer is empty", (desk) => signed({ sub: "", exp: later(desk) })],
  ["whose customer is a number", (desk) => signed({ sub: 7 as never, exp: later(desk) })],
  ["whose customer is a book", (desk) => signed({ sub: "x".repeat(201), exp: later(desk) })],
  ["whose customer ends in half a character", (desk) => signed({ sub: "anna\ud83d", exp: later(desk) })],
  ["whose customer has a zero within", (desk) => signed({ sub: "anna\0x", exp: later(desk) })],
  ["that was changed on the way", async (desk) => (await signed({ sub: "anna", exp: later(desk) })).replace(/\.(.)/, (_, c) => `.${c === "e" ? "f" : "e"}`)],
  ["that is cut off", async (desk) => (await signed({ sub: "anna", exp: later(desk) })).slice(0, -10)],
  ["that is no token", () => "let me in"],
  ["of dots", () => ".."],
  ["with a critical header nobody knows", async (desk) => `${Buffer.from('{"alg":"HS256","crit":["x"],"x":1}').toString("base64url")}.${(await signed({ sub: "anna", exp: later(desk) })).split(".").slice(1).join(".")}`],
];

test.each(forgeries)("a token %s is refused with a sentence that does not repeat it", async (_, forge) => {
  const desk = await createDesk();
  const token = await forge(desk);
  const answer = await present(desk, token);
  expectRefusal(answer, "token-refused", 401);
  expect(JSON.stringify(answer.body)).not.toContain("anna");
  for (const part of token.split(".").filter((part) => part.length > 5)) expect(JSON.stringify(answer.body)).not.toContain(part);
  expect(desk.faults).toEqual([]);
});

test("a token whose clock is a minute off is believed, and the customer may be called anything", async () => {
  const desk = await createDesk();
  expect((await present(desk, await signed({ sub: "anna", exp: later(desk, -30) }))).status).toBe(200);
  for (const sub of ["__proto__", "12345", "Ánna Ünterwegs ✨", "x".repeat(200), "'; DROP TABLE logs; --", " "]) {
    expect((await present(desk, await signed({ sub, exp: later(desk) }))).body).toMatchObject({ customer: sub });
  }
});

test("a site may insist on who issued the token and for whom", async () => {
  const desk = await createDesk({ sites: [{ ...site, customerTokens: { secret: SECRET, issuer: "https://id.example", audience: "shop" } }] });
  const good = { sub: "anna", exp: later(desk), iss: "https://id.example", aud: "shop" };
  expect((await present(desk, await signed(good))).status).toBe(200);
  expectRefusal(await present(desk, await signed({ ...good, iss: "https://evil.example" })), "token-refused", 401);
  expectRefusal(await present(desk, await signed({ ...good, aud: "another" })), "token-refused", 401);
  expectRefusal(await present(desk, await signed({ sub: "anna", exp: later(desk) })), "token-refused", 401);
});

test("a site may sign with a key pair; the public key is then no secret to sign with", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const pem = await exportSPKI(publicKey);
  const desk = await createDesk({ sites: [{ ...site, customerTokens: { publicKey: pem, algorithm: "ES256" } }] });
  const claims = { sub: "anna", exp: later(desk) };
  expect((await present(desk, await new SignJWT(claims).setProtectedHeader({ alg: "ES256" }).sign(privateKey))).status).toBe(200);
  expectRefusal(await present(desk, await signed(claims, pem)), "token-refused", 401);
});

test("a site may publish its keys; while they cannot be fetched, nobody is told that their token is wrong", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  let isUp = false;
  const http = createHttp((_, response) => {
    exportJWK(publicKey).then((key) => response.writeHead(isUp ? 200 : 500, { "content-type": "application/json" }).end(JSON.stringify({ keys: [{ ...key, kid: "1", alg: "ES256" }] })));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  atEnd(() => void http.close());
  const { port } = http.address() as { port: number };
  const desk = await createDesk({ sites: [{ ...site, customerTokens: { jwksUrl: `http://127.0.0.1:${port}/keys` } }] });
  const token = (kid: string): Promise<string> => new SignJWT({ sub: "anna", exp: later(desk) }).setProtectedHeader({ alg: "ES256", kid }).sign(privateKey);

  const meanwhile = await present(desk, await token("1"));
  expectRefusal(meanwhile, "unavailable", 503);
  expect(meanwhile.body).toMatchObject({ retryable: true });
  isUp = true;
  expect((await present(desk, await token("1"))).status).toBe(200);
  expectRefusal(await present(desk, await token("2")), "token-refused", 401);
});

test("a token with a name of its own is one device's, again and again; a copy on another is refused, until both have long expired", async () => {
  const desk = await createDesk();
  const [phone, thief] = [stranger(), stranger()];
  const token = await signed({ sub: "anna", exp: later(desk), jti: "sign-in-1" });
  const by = (who: typeof phone, shown = token): Promise<Answer> => desk.post(PATHS.signIn, { ...who, token: shown, merge: "union", consent: "newest" });
  expect((await by(phone)).status).toBe(200);
  expect((await by(phone)).body).toMatchObject({ met: "same" }); // its answer was lost
  expectRefusal(await by(thief), "token-refused", 401);
  expect((await by(thief, await signed({ sub: "berta", exp: later(desk), jti: "sign-in-2" }))).body).toMatchObject({ customer: "berta" });
  expectRefusal(await by(stranger(), await signed({ sub: "anna", exp: later(desk), jti: "" })), "token-refused", 401);
  expectRefusal(await by(stranger(), await signed({ sub: "anna", exp: later(desk), jti: 7 as never })), "token-refused", 401);
});

test("who signs out cannot be signed in again by what is left of their token", async () => {
  const desk = await createDesk();
  const phone = stranger();
  const token = await signed({ sub: "anna", exp: later(desk), jti: "sign-in-1" });
  await desk.post(PATHS.signIn, { ...phone, token, merge: "union", consent: "newest" });
  await desk.post(PATHS.signOut, { ...phone });
  expectRefusal(await present(desk, token), "token-refused", 401);
});

test("a token refused leaves a guest's cart untouched, and the same device may come with a better one", async () => {
  const desk = await createDesk();
  const phone = stranger();
  const { log } = await desk.push(phone, [added("SCHOEN-42")]);
  expectRefusal(await desk.post(PATHS.signIn, { ...phone, token: await signed({ sub: "anna", exp: later(desk, -120) }), merge: "keep-customer", consent: "newest" }), "token-refused", 401);
  expect((await desk.push(phone, [added("BOEK-1")])).log).toBe(log);
  expect((await desk.post(PATHS.signIn, { ...phone, token: await desk.token("anna"), merge: "union", consent: "newest" })).status).toBe(200);
});

test("published keys are exchanged: the new one counts within seconds, the old one no longer after ten minutes", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  atEnd(() => void vi.useRealTimers());
  const [old, fresh] = [await generateKeyPair("RS256"), await generateKeyPair("EdDSA")];
  let published = [{ ...(await exportJWK(old.publicKey)), kid: "old", alg: "RS256" }];
  let asked = 0;
  const http = createHttp((_, response) => {
    asked += 1;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  atEnd(() => void http.close());
  const { port } = http.address() as { port: number };
  const desk = await createDesk({ sites: [{ ...site, customerTokens: { jwksUrl: `http://127.0.0.1:${port}/keys` } }] });
  const claims = { sub: "anna", exp: later(desk) };
  const byOld = await new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "old" }).sign(old.privateKey);
  const byNew = await new SignJWT(claims).setProtectedHeader({ alg: "EdDSA", kid: "new" }).sign(fresh.privateKey);

  for (let i = 0; i < 20; i++) expect((await present(desk, byOld)).status).toBe(200);
  expect(asked).toBe(1);
  published = [{ ...(await exportJWK(fresh.publicKey)), kid: "new", alg: "EdDSA" }];
  for (let i = 0; i < 20; i++) expectRefusal(await present(desk, byNew), "token-refused", 401);
  expect(asked).toBe(1); // whoever makes up names of keys does not make us ask without end
  vi.setSystemTime(Date.now() + 6_000);
  expect((await present(desk, byNew)).status).toBe(200);
  vi.setSystemTime(Date.now() + 601_000);
  expectRefusal(await present(desk, byOld), "token-refused", 401);
  expect((await present(desk, byNew)).status).toBe(200);
});

test("where no customers are known, nobody signs in", async () => {
  const desk = await createDesk({ sites: [{ key: "pk_test", origins: [] }] });
  expectRefusal(await present(desk, await desk.token("anna")), "token-refused", 401);
});
