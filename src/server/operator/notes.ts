/** What the server tells whoever runs it, one line for each matter: what happened, and nothing about the customer it happened to. */

/** How much it matters: `warn` is for what somebody should look at, `error` for a fault. */
export type Level = "info" | "warn" | "error";

/** What a line may say beside its message; all of it is of the server, none of a shopper. */
export interface Facts {
  readonly requestId?: string | undefined;
  readonly method?: string;
  /** The pattern of the address, never the address: that may hold a customer's name. */
  readonly route?: string;
  readonly status?: number;
  readonly ms?: number;
  /** The site's publishable key. */
  readonly site?: string | undefined;
  /** Of a refusal. */
  readonly code?: string | undefined;
  readonly [more: string]: unknown;
}

/** One line. */
export interface Note extends Facts {
  readonly level: Level;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly message: string;
}

/** Takes what is to be written down. */
export type Notes = (level: Level, message: string, facts?: Facts) => void;

export const noteForms = ["json", "text", "off"] as const;
/** Lines for machines, lines for people, or none. */
export type NoteForm = (typeof noteForms)[number];

export const noNotes: Notes = () => undefined;

/** Notes in one of the forms. Those of one turn go out together: a write for each would hold up whoever is served next. */
export function createNotes(form: NoteForm, write: (text: string) => void, now: () => number = Date.now): Notes {
  if (form === "off") return noNotes;
  const textOf = form === "json" ? JSON.stringify : plain;
  let lines = "";
  const flush = (): void => {
    const text = lines;
    lines = "";
    write(text);
  };
  return (level, message, facts) => {
    if (lines === "") setImmediate(flush);
    lines += `${textOf({ level, time: new Date(now()).toISOString(), message, ...facts })}\n`;
  };
}

function plain({ level, time, message, ...facts }: Note): string {
  const rest = Object.entries(facts).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${String(value)}`);
  return [time, level.padEnd(5), message, ...rest].join(" ");
}

/** Where in our own files it was: a line of a stack, without what the message said. */
const FRAMES = 6;

/**
 * What may be written down of a fault. Its message may hold what a shopper typed, or a value that the database quotes: what
 * stands in quotation marks or brackets, and whatever looks like a key, an address or a name with an @, is left out.
 */
export function factsOf(error: unknown): Facts {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code } = error as { readonly code?: unknown };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)).slice(0, FRAMES).map((line) => line.trim().slice("at ".length));
  return {
    error: error.name, ...(typeof code === "string" && { errorCode: code }), about: masked(error.message), at: frames,
    ...(error.cause !== undefined && { cause: factsOf(error.cause) }),
  };
}

const PRIVATE = [
  /"[^"]*"|'[^']*'|`[^`]*`|“[^”]*”|\([^)]*\)|\{[\s\S]*\}|\[[\s\S]*\]/g,
  /\S+@\S+/g,
  /\b[a-z]+:\/\/\S+/gi,
  /\b\d{1,3}(\.\d{1,3}){3}\b|\b[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,}\b/gi,
  /[\w.-]{16,}/g,
];

function masked(message: string): string {
  return PRIVATE.reduce((text, pattern) => text.replace(pattern, "…"), message);
}
