/** Reads a content security policy as far as the library needs to know: what it may reach, and which policy of trusted types it may make. */

type Directives = ReadonlyMap<string, readonly string[]>;

function directivesOf(policy: string): Directives {
  const parts = policy.split(";").map((part) => part.trim().split(/\s+/)).filter(([name]) => name !== "");
  return new Map(parts.reverse().map(([name = "", ...sources]) => [name.toLowerCase(), sources])); // the first of a name counts
}

/** May a page of this address reach the other one? */
export function mayConnect(policy: string, page: string, to: string): boolean {
  const directives = directivesOf(policy);
  const sources = directives.get("connect-src") ?? directives.get("default-src");
  return sources === undefined || sources.some((source) => covers(source, new URL(page), new URL(to)));
}

/** Undefined where trusted types are not asked for; else whether a policy of this name may be made. */
export function mayMakePolicy(policy: string, name: string): boolean {
  const directives = directivesOf(policy);
  const names = directives.get("trusted-types");
  return !directives.has("require-trusted-types-for") || names === undefined || names.some((one) => one === name || one === "*");
}

/** CSP Level 3, 6.7.2.8: scheme, host with or without a star, port; an address that is listed without TLS covers the one with. */
function covers(source: string, page: URL, to: URL): boolean {
  if (source === "*") return /^https?:$/.test(to.protocol);
  if (source === "'self'") return to.origin === page.origin;
  if (/^[a-z][a-z0-9+.-]*:$/i.test(source)) return to.protocol === source.toLowerCase() || (source.toLowerCase() === "http:" && to.protocol === "https:");
  const [, scheme = page.protocol.slice(0, -1), host = "", port = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^:/]+)(?::(\d+|\*))?(?:\/.*)?$/i.exec(source) ?? [];
  const isScheme = `${scheme}:` === to.protocol || (scheme === "http" && to.protocol === "https:");
  const isHost = host.startsWith("*.") ? to.hostname.endsWith(host.slice(1).toLowerCase()) : to.hostname === host.toLowerCase();
  const isPort = port === "*" || port === to.port || (port === "" && to.port === "");
  return isScheme && isHost && isPort;
}
