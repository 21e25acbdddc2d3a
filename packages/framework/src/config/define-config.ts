import type { ConfigInput } from "./config-schema";

/**
 * Types the config of an app. What is left out gets its default when the app is started.
 *
 * @example
 * module.exports = defineConfig({ modules: [{ resolve: "./src/modules/blog" }] })
 */
export function defineConfig(config: ConfigInput = {}): ConfigInput {
  return config;
}
