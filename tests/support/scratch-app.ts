import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { shopDirectory } from "./command-line";

/** An app in a temporary folder. */
export interface ScratchApp {
  directory: string;
  write(file: string, text: string): void;
  remove(): void;
}

/** A small app of the files given, with the packages of the example shop. */
export function scratchApp(files: Record<string, string>): ScratchApp {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "velella-app-")));
  const write = (file: string, text: string) => {
    const path = join(directory, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  symlinkSync(join(shopDirectory, "..", "..", "node_modules"), join(directory, "node_modules"));
  for (const [file, text] of Object.entries(files)) write(file, text);
  return { directory, write, remove: () => rmSync(directory, { recursive: true }) };
}

/** A copy of the example shop, without what it has written. */
export function shopCopy(): ScratchApp {
  const app = scratchApp({});
  for (const name of ["medusa-config.ts", "package.json", "src"])
    cpSync(join(shopDirectory, name), join(app.directory, name), { recursive: true });
  return app;
}
