import type compression from "compression";
import { builtInLayer } from "../routing/layer";
import type { Layer } from "../routing/layer";
import type { HttpConfig } from "../types";

type CompressionOptions = Parameters<typeof compression>[0] & { level?: number; memLevel?: number };

/** Compresses answers where the config asks for it. What is not compressed costs nothing: there is no layer then. */
export function compressionLayers({ compression: settings }: HttpConfig): Layer[] {
  if (!settings?.enabled) return [];
  const { level, memLevel, threshold } = settings;
  const options: CompressionOptions = { threshold, level, memLevel };
  // Loaded only where it is asked for.
  return [builtInLayer("compress", (require("compression") as typeof compression)(options))];
}
