/** docs/openapi.json describes the server as it is: every address, no other, from the forms that it checks requests with. */
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { documentOf, pathOf, textOf } from "../../scripts/openapi/document.js";
import { routes } from "../../scripts/openapi/routes.js";
import { createMeasures } from "../../src/server/operator/measures.js";
import { createRoutes } from "../../src/server/routes.js";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

test("the description in docs/ is what the sources say now (npm run openapi writes it)", () => {
  expect(readFileSync("docs/openapi.json", "utf8")).toBe(textOf(version));
});

test("it is OpenAPI 3.1", async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(documentOf(version)) as Record<string, unknown>);
  expect([valid, errors]).toEqual([true, undefined]);
  expect(await new Validator().validate({ ...documentOf(version), paths: { push: {} } })).toMatchObject({ valid: false });
});

test("every address that the server has is described, by its method, and no other is", () => {
  const { routes: there } = createRoutes({ sites: new Map(), store: { isShared: false }, now: Date.now, measures: createMeasures() } as never, { metricsSecret: "given", report: () => undefined } as never);
  const asked = there.filter(({ method }) => ["GET", "POST", "DELETE", "PUT", "PATCH"].includes(method)).map(({ method, path }) => `${method} ${pathOf({ path })}`);
  expect(routes.map((route) => `${route.method.toUpperCase()} ${pathOf(route)}`).sort()).toEqual([...new Set(asked)].sort());
});
