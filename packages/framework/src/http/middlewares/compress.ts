import type compression from "compression";
import { builtInLayer } from "../routing/layer";
import type { Layer } from "../routing/layer";
import type { HttpConfig, Middleware } from "../types";

/** Compresses answers where the config asks for it. What is not compressed costs nothing: there is no layer then. */
export function compressionLayers({ compression: settings }: HttpConfig): Layer[] {
  if (!settings?.enabled) return [];
  const { level, memLevel, threshold } = settings;
  // Loaded only where it is asked for.
  const compress = (require("compression") as typeof compression)({ level, memLevel, threshold });
  return [builtInLayer("compress", compress)];
}
