/** Holds what a suite says to the server, and what it hears, against the description in docs/openapi.json: import it, and it listens. */
import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { afterAll, expect } from "vitest";
import { ears } from "./desk.js";

interface Content {
  readonly [type: string]: { readonly schema: { readonly $ref?: string } };
}

interface Operation {
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

const description = JSON.parse(readFileSync("docs/openapi.json", "utf8")) as { readonly paths: Record<string, Record<string, Operation>> };
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(description, "api");
const known = new Map<string, ValidateFunction>();

function complaints(content: Content | undefined, type: string, value: unknown): unknown {
  const { schema } = content?.[type] ?? {};
  if (schema === undefined) return `no form for ${type}`;
  if (schema.$ref === undefined) return undefined; // text of its own kind
  const check = known.get(schema.$ref) ?? ajv.compile({ $ref: `api${schema.$ref}` });
  known.set(schema.$ref, check);
  return check(value) ? undefined : check.errors;
}

const patterns = Object.keys(description.paths).map((path) => [path, new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`)] as const);
const heard = new Set<string>();

ears.push(async (request, response) => {
  const { pathname } = new URL(request.url);
  const [path = ""] = patterns.find(([, pattern]) => pattern.test(pathname)) ?? [];
  const operation = description.paths[path]?.[request.method.toLowerCase()];
  if (operation === undefined) return expect([404, 405, 204], `${request.method} ${pathname} is described`).toContain(response.status); // 204: a browser that asks first
  const at = `${request.method} ${path} ${response.status}`;
  heard.add(at);
  const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
  const form = operation.responses[response.status] ?? operation.responses.default;
  if (response.status !== 204 && response.status !== 304) expect(complaints(form?.content, type, /\bjson$/.test(type) ? await response.json() : undefined), at).toBeUndefined();
  if (response.ok && operation.requestBody !== undefined) expect(complaints(operation.requestBody.content, "application/json", await request.json()), `${at}: what was asked`).toBeUndefined();
});

afterAll(() => expect(heard.size).toBeGreaterThan(0));
