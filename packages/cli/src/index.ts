/** The command line, and the boot of an app with the commerce modules. */
export { openApp } from "./boot";
export type { OpenAppOptions } from "./boot";
export { run } from "./main";
