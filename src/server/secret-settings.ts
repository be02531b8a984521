/** What a server is told by its environment, so that no secret stands in a command that everybody on the machine can read. */
import { readFile } from "node:fs/promises";

export type SettingName = "CARRYOVER_DATABASE" | "CARRYOVER_SITES" | "CARRYOVER_METRICS_SECRET";

/**
 * The value of `NAME`, or what stands in the file that `NAME_FILE` names, as containers are given their secrets; undefined when
 * neither is set. Throws a TypeError when both are, or the file cannot be read.
 */
export async function setting(name: SettingName, env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const [value, file] = [env[name] || undefined, env[`${name}_FILE`] || undefined];
  if (value !== undefined && file !== undefined) throw new TypeError(`carryover: ${name} and ${name}_FILE are both set; one of them is enough.`);
  if (file === undefined) return value;
  const text = await readFile(file, "utf8").catch(() => {
    throw new TypeError(`carryover: ${name}_FILE names ${file}, which cannot be read.`);
  });
  return text.trim() || undefined;
}

/** The database that a command is about: as the flag says, as the environment says, or a file in this folder. */
export async function databaseNamed(flag: string | undefined): Promise<string> {
  return flag ?? (await setting("CARRYOVER_DATABASE")) ?? "carryover.db";
}
