import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

/** A block of code of a page. */
export interface DocBlock {
  /** Path of the page from the repository. */
  page: string;
  language: string;
  /** What its first line says in a comment: a file of the app, or a part of one. */
  title: string | undefined;
  /** Without that line. */
  code: string;
}

/** The blocks of a page, in their order. */
export function blocksOf(page: string): DocBlock[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = "", body = ""]) => {
    const [, title, rest] = /^\/\/ (.+)\n([\s\S]*)$/.exec(body) ?? [undefined, undefined, body];
    return { page, language, title, code: rest ?? body };
  });
}

/** The blocks of all pages of `docs`. */
export function docBlocks(): DocBlock[] {
  return readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .flatMap((name) => blocksOf(join("docs", name)));
}

/**
 * The files of the app that the pages describe.
 *
 * @param modules Titles of the blocks that belong into the list of modules.
 */
export function docApp(modules: readonly string[]): Record<string, string> {
  const blocks = docBlocks();
  const files = Object.fromEntries(
    blocks.filter(({ title }) => title && /^(src\/|medusa-config\.ts$)/.test(title)).map(({ title, code }) => [title, code]),
  ) as Record<string, string>;
  const entries = blocks.filter(({ title }) => title && modules.includes(title)).map(({ code }) => code.trim());
  files["medusa-config.ts"] = (files["medusa-config.ts"] ?? "").replace(
    "modules: [",
    `modules: [${entries.map((entry) => `${entry}, `).join("")}`,
  );
  return files;
}
