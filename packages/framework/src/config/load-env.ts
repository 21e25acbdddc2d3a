import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

/**
 * Reads `.env.<environment>` and then `.env` into `process.env`. A variable that is already set stays as it is,
 * so the process beats the first file, and that the second. `$NAME` and `${NAME}` stand for a known variable.
 *
 * @param directory Where the files lie; either may be missing.
 */
export function loadEnv(environment: string, directory: string): void {
  for (const name of [`.env.${environment}`, ".env"]) {
    const text = readIfThere(join(directory, name));
    if (text === undefined) continue;
    const variables = parseEnv(text) as Record<string, string>;
    for (const [key, value] of Object.entries(variables)) process.env[key] ??= expand(value, variables);
  }
}

/** What looks like a reference to something unknown, as in a password with a dollar, stays as it is. */
function expand(value: string, variables: Record<string, string>): string {
  return value.replace(/\$(?:\{(\w+)\}|(\w+))/g, (text, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? "";
    return process.env[name] ?? variables[name] ?? text;
  });
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
