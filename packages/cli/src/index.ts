/** The command line. */
export { run } from "./main";
export type { MainOptions } from "./main";
export type { App, AppMode, ListenOptions, MigrateReport, OpenApp, OpenAppOptions, RouteLine } from "./app";
