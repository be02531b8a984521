/** Cookies that any script of the page may have set. */

/** Their names. */
export function cookieNames(): string[] {
  return document.cookie.split("; ").map((pair) => pair.split("=")[0] as string).filter(Boolean);
}

/** Nobody can ask a cookie for which host and path it was set: so for each that it may have been. */
export function clearCookie(name: string): void {
  const labels = location.hostname.split(".");
  const domains = ["", ...labels.map((_, i) => `;domain=${labels.slice(i).join(".")}`)];
  const steps = location.pathname.split("/");
  const paths = steps.map((_, i) => steps.slice(0, i + 1).join("/"));
  for (const domain of domains) for (const path of [...paths, ...paths.map((at) => `${at}/`)]) for (const kind of ["", ";secure", ";secure;partitioned"]) {
    document.cookie = `${name}=;expires=Thu, 01 Jan 1970 00:00:00 GMT;path=${path}${domain}${kind}`;
  }
}
