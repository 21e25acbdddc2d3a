import { commerceDefaults } from "@velella/commerce";
import { appTypes } from "@velella/framework";
import type { CommandContext } from "../command-context";
import { resolveFromHere } from "../resolve-fallback";
import { writeTypes } from "../write-types";

/** Writes the types of the app's modules and links, for `query.graph` and the container. Needs no database. */
export async function types({ directory, json, print }: CommandContext): Promise<void> {
  process.env.NODE_ENV ??= "development";
  const written = writeTypes(directory, appTypes({ directory, defaults: commerceDefaults, resolveFallback: resolveFromHere }));
  if (json) return print(JSON.stringify(written));
  print(`${written.file} ${written.isChanged ? "is written" : "is up to date"}`);
}
