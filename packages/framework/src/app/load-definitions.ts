import type { Container } from "@velella/kernel";
import type { WorkflowEngine } from "@velella/workflows";
import { loadSubscribers } from "../events/load-subscribers";
import { loadJobs } from "../jobs/load-jobs";
import { discoverAppFiles } from "../loading/discover";
import type { FileLoader } from "../loading/file-loader";
import type { AppDefaults } from "./app-defaults";

/** Loads the files that define links: those of the default modules, then those of the app. */
export function loadLinks(directory: string, loader: FileLoader, defaults: AppDefaults): void {
  defaults.loadLinks?.();
  for (const file of discoverAppFiles(directory, "links")) loader.load(file);
}

/** Loads the app's workflows and hook handlers. */
export function loadWorkflows(directory: string, loader: FileLoader, defaults: AppDefaults): void {
  defaults.loadWorkflows?.();
  for (const file of discoverAppFiles(directory, "workflows")) loader.load(file);
}

/** Registers the app's subscribers and jobs; they run once the engine is started. */
export function loadAutomation(directory: string, loader: FileLoader, engine: WorkflowEngine, container: Container): void {
  loadSubscribers(discoverAppFiles(directory, "subscribers"), loader.load, engine, container);
  loadJobs(discoverAppFiles(directory, "jobs"), loader.load, engine, container);
}
