import { commerceDefaults } from "@velella/commerce";
import { configuredDatabase, createApp } from "@velella/framework";
import type { App, AppMode } from "@velella/framework";
import type { Logger } from "@velella/kernel";
import { resolveFromHere } from "./resolve-fallback";

/** Which app {@link openApp} boots, and what for. */
export interface OpenAppOptions {
  /** Folder of the app. */
  directory: string;
  /**
   * What the command needs of it: `migrate` for a database that may be behind, `exec` to run code, `develop` and `start` to
   * serve.
   */
  mode: AppMode;
  /** Gets the lines of the boot and of the app; results go elsewhere. */
  logger: Logger;
}

/** Boots the app of a folder, with the commerce modules that every app has. */
export async function openApp(options: OpenAppOptions): Promise<App> {
  return createApp({ ...options, defaults: commerceDefaults, resolveFallback: resolveFromHere });
}

/** How the database in the config of an app is connected to; undefined for an embedded one. */
export function databaseOptions(directory: string): ReturnType<typeof configuredDatabase> {
  return configuredDatabase(directory, resolveFromHere);
}
