import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { typesFile } from "@velella/framework";

/** Whether types were written, or were there already. */
export interface WrittenTypes {
  /** Path from the app's folder. */
  file: string;
  isChanged: boolean;
}

/** Keeps the types of an app where its `tsconfig.json` finds them; a file that says the same is left alone, so that editors rest. */
export function writeTypes(directory: string, text: string): WrittenTypes {
  const file = join(directory, typesFile);
  const isChanged = textOf(file) !== text;
  if (isChanged) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return { file: typesFile, isChanged };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
