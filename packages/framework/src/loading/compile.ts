import { readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Options } from "@swc/core";
import { codeFrame } from "./code-frame";
import { loadingErrors } from "./errors";

const options: Options = {
  swcrc: false,
  configFile: false,
  isModule: true,
  sourceMaps: "inline",
  inlineSourcesContent: false,
  module: { type: "commonjs" },
  jsc: {
    target: "es2022",
    keepClassNames: true,
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      // Apps declare inherited properties again to give them a type; such a declaration must not reset them.
      useDefineForClassFields: false,
      react: { runtime: "automatic" },
    },
  },
};

/** Changes whenever the compiled code of the same source may change. */
export function compilerVersion(): string {
  // The package file is read, and the compiler itself is not loaded, so that a warm start never needs it.
  const file = join(dirname(require.resolve("@swc/core")), "package.json");
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return `${version} ${JSON.stringify(options)}`;
}

/**
 * Compiles TypeScript to CommonJS, with decorators, their metadata and an inline source map.
 *
 * @throws `loading.compile_failed` with file, line, column and code frame.
 */
export function compile(file: string, source: string): string {
  const { transformSync } = require("@swc/core") as typeof import("@swc/core");
  const parser = { syntax: "typescript" as const, tsx: extname(file) === ".tsx", decorators: true };
  try {
    return transformSync(source, { ...options, filename: file, sourceFileName: file, jsc: { ...options.jsc, parser } }).code;
  } catch (error) {
    throw compileError(file, source, error);
  }
}

function compileError(file: string, source: string, error: unknown): Error {
  const text = stripVTControlCharacters(error instanceof Error ? error.message : String(error));
  const reason = /^\s*[x×]\s*(.+)$/m.exec(text)?.[1] ?? text.split("\n")[0] ?? "syntax error";
  const line = Number(/\[[^\]]*:(\d+):\d+\]\s*$/m.exec(text)?.[1] ?? 1);
  // The compiler's header gives the line only; the column is where its mark stands.
  const gutter = new RegExp(`^( *${line} [|│] ).*\\n( *[:·]\\s*)`, "m").exec(text);
  const column = gutter ? Math.max(1, (gutter[2]?.length ?? 0) - (gutter[1]?.length ?? 0) + 1) : 1;
  return loadingErrors.compileFailed(`${file}:${line}:${column}`, reason.trim(), codeFrame(source, line, column));
}
