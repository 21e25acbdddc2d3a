import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(__dirname, "..", "..");

interface PackageFile {
  dependencies?: Record<string, string>;
  files?: string[];
}

/** Copies a package into a folder of its own, as an installation would: with what it declares to need, and nothing else. */
export function installAlone(name: string, directory: string): void {
  const copied = new Set<string>();
  const install = (dependency: string, from: string) => {
    const source = sourceOf(dependency, from);
    const target = join(directory, "node_modules", dependency);
    if (copied.has(dependency)) return;
    copied.add(dependency);
    const { dependencies = {}, files } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as PackageFile;
    const isOurs = dependency.startsWith("@velella/");
    for (const part of isOurs ? ["package.json", ...(files ?? [])] : ["."])
      cpSync(join(source, part), join(target, part), { recursive: true });
    for (const inner of Object.keys(dependencies)) if (!existsSync(join(source, "node_modules", inner))) install(inner, source);
  };
  mkdirSync(join(directory, "node_modules"), { recursive: true });
  install(name, root);
}

/** Where a package lies for those in a folder. */
function sourceOf(name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", name);
    if (existsSync(found)) return found;
    if (folder === dirname(folder)) throw new Error(`${name} is not installed for ${from}.`);
  }
}
