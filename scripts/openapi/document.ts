/** Describes the server in OpenAPI 3.1, from the schemas that its code checks requests with. */
import { toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { answers } from "./answers.js";
import { type Route, routes } from "./routes.js";

/** What a form asks for beyond what JSON Schema has a word for (a nested check, say) is left to the server. */
function schemaOf(schema: GenericSchema): object {
  const { $schema: _, ...form } = toJsonSchema(schema, { target: "draft-2020-12", typeMode: "input", errorMode: "ignore" });
  return form;
}

const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const json = (name: string, type = "application/json"): object => ({ [type]: { schema: ref(name) } });

/** The whole description; `version` is the package's. */
export function documentOf(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) (paths[pathOf(route)] ??= {})[route.method] = operationOf(route);
  const forms = [...routes.flatMap(({ body }) => (body === undefined ? [] : [body])), ...Object.entries<GenericSchema>(answers)];
  return {
    openapi: "3.1.1",
    info: { title: "carryover", version, license: { name: "MIT", identifier: "MIT" }, description: "One cart and one set of choices on every screen of a shop. Refusals are a closed list: docs/problems.md." },
    paths,
    components: {
      schemas: Object.fromEntries(forms.map(([name, schema]) => [name, schemaOf(schema)])),
      securitySchemes: {
        secretKey: { type: "http", scheme: "bearer", description: "The site's secret key; refused from a page." },
        credential: { type: "http", scheme: "bearer", description: "A device's credential." },
        metricsSecret: { type: "http", scheme: "bearer", description: "What CARRYOVER_METRICS_SECRET says." },
      },
    },
  };
}

export function pathOf({ path }: Pick<Route, "path">): string {
  return path.replace(/:(\w+)/g, "{$1}");
}

function operationOf({ method, path, says, by, body, query = {}, headers = {}, answer, orStream, also = {} }: Route): object {
  const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  const asked = Object.entries(query).map(([name, schema]) => ({ name, in: "query", schema }));
  const headed = Object.entries(headers).map(([name, schema]) => ({ name, in: "header", schema }));
  const parameters = [...named, ...asked, ...headed];
  return {
    operationId: [method, ...path.split(/\W+/)].filter((word) => word !== "" && word !== "v1").join("-"),
    summary: says,
    ...(by && { security: [{ [by]: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    // Devices send their messages as text/plain, so that no preflight stands between a tap and a page that is being left.
    ...(body && { requestBody: { required: true, content: { ...json(body[0]), ...(by === "secretKey" ? {} : json(body[0], "text/plain")) } } }),
    responses: {
      ...(answer === undefined ? { 204: { description: "Done." } } : { 200: { description: "The answer.", content: { ...(answer.includes("/") ? { [answer]: { schema: { type: "string" } } } : json(answer)), ...(orStream && { "text/event-stream": { schema: { type: "string", description: orStream } } }) } } }),
      ...Object.fromEntries(Object.entries(also).map(([status, description]) => [status, { description }])),
      default: { description: "A refusal.", content: json("Problem", "application/problem+json") },
    },
  };
}

/** As it lies in docs/. */
export function textOf(version: string): string {
  return `${JSON.stringify(documentOf(version), undefined, 1)}\n`;
}
