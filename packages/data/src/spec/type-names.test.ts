import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toCamelCase, toPascalCase, toSnakeCase } from "./naming";
import { endings, irregular, uncountable } from "./plural-rules";
import { pluralize } from "./pluralize";

/** Names are made twice, at run time and by the type checker: here the one is checked against the other, word by word. */

const letters = "abcdefghijklmnopqrstuvwxyz".split("");
const root = join(__dirname, "..", "..", "..", "..");
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "velella-type-names-"));
});
afterAll(() => rm(directory, { recursive: true }));

/** What the type checker says to a file in which each word has the type that is to be what the function makes of it. */
async function check(words: ReadonlySet<string>, forms: Record<string, (word: string) => string>): Promise<string> {
  const names = Object.keys(forms);
  const file = join(directory, `${names.join("-")}.ts`);
  const checks = names.map((name) => {
    const made = [...words].map((word) => `  ${JSON.stringify(word)}: ${JSON.stringify(forms[name]?.(word))},`).join("\n");
    return `export const ${name}Of: { [K in Word]: ${name}<K> } = {\n${made}\n};\n`;
  });
  await writeFile(
    file,
    `import type { CamelCase, PascalCase, SnakeCase } from ${JSON.stringify(join(__dirname, "naming"))};\n` +
      `import type { Pluralize } from ${JSON.stringify(join(__dirname, "pluralize"))};\n` +
      `type Word = ${[...words].map((word) => JSON.stringify(word)).join(" | ")};\n${checks.join("")}`,
  );
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "preserve", "--target", "es2023", "--types", "", "--ignoreConfig"];
  return new Promise((resolve) => {
    execFile(join(root, "node_modules", ".bin", "tsc"), [...options, file], { maxBuffer: 2 ** 26 }, (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`.trim().split("\n").slice(0, 20).join("\n")),
    );
  });
}

/** A word as a model may be named: small, capitalised, in capitals only, and with a capital at its end. */
const inAnyCase = (word: string) => [
  word,
  word.charAt(0).toUpperCase() + word.slice(1),
  word.toUpperCase(),
  word.slice(0, -1) + word.slice(-1).toUpperCase(),
];

test("plurals are the same in types, whatever the ending and the case", async () => {
  const rules = [...irregular, ...Object.values(endings).flat()].map(([keep, drop]) => keep + drop);
  const singulars = [...uncountable, ...irregular.map(([word]) => word), ...rules];
  const pairs = letters.flatMap((first) => letters.map((last) => `wo${first}${last}`));
  const words = new Set([...singulars, ...singulars.flatMap((word) => [`sub${word}`, `Product${word}`]), ...pairs].flatMap(inAnyCase));
  expect(words.size).toBeGreaterThan(3000);
  expect(await check(new Set(["cat"]), { Pluralize: (word) => `${word}z` })).toContain(`Type '"catz"' is not assignable to type '"cats"'`);
  expect(await check(words, { Pluralize: pluralize })).toBe("");
});

test("names are split into the same words in types", async () => {
  const parts = ["a", "Ab", "API", "key2", "9", "faq", "QName", "x"];
  const separators = ["", "_", "-", ".", " ", "__"];
  const words = new Set(
    parts.flatMap((first) =>
      parts.flatMap((second) =>
        separators.flatMap((separator) => [`${first}${separator}${second}`, `${first}${separator}${second}Of${first}`]),
      ),
    ),
  );
  expect(words.size).toBeGreaterThan(600);
  expect(await check(words, { PascalCase: toPascalCase, CamelCase: toCamelCase, SnakeCase: toSnakeCase })).toBe("");
});
