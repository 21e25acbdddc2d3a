import type { FileLoader } from "../loading/file-loader";
import { discoverAppFiles } from "../loading/discover";
import type { AppDefaults } from "./app-defaults";

/** Loads the files that define by being loaded: links of the default modules, then those of the app. */
export function loadLinks(directory: string, loader: FileLoader, defaults: AppDefaults): void {
  defaults.loadLinks?.();
  for (const file of discoverAppFiles(directory, "links")) loader.load(file);
}

/** Loads the app's workflows and hook handlers. */
export function loadWorkflows(directory: string, loader: FileLoader, defaults: AppDefaults): void {
  defaults.loadWorkflows?.();
  for (const file of discoverAppFiles(directory, "workflows")) loader.load(file);
}
