/** Who a customer is, as the shop has signed it: everything else is refused, in words that do not repeat it. */
import { createServer as createHttp } from "node:http";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { expect, test } from "vitest";
import { PATHS } from "../../src/wire/version.js";
import { type Answer, atEnd, createDesk, type Desk, expectRefusal, SECRET, signed, site, stranger } from "./desk.js";

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

test("where no customers are known, nobody signs in", async () => {
  const desk = await createDesk({ sites: [{ key: "pk_test", origins: [] }] });
  expectRefusal(await present(desk, await desk.token("anna")), "token-refused", 401);
});
