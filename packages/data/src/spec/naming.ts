/** Names of models, tables and columns: how one form is made from another, at run time and on the type level. */

const words = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[\s_.-]+/)
    .filter(Boolean);

const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();

/** `BlogPost`, `blogPost` and `blog-post` become `blog_post`. */
export function toSnakeCase(name: string): string {
  return words(name)
    .map((word) => word.toLowerCase())
    .join("_");
}

/** `blog_post` and `BlogPost` become `blogPost`. */
export function toCamelCase(name: string): string {
  const pascal = toPascalCase(name);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

/** `blog_post` and `blogPost` become `BlogPost`. */
export function toPascalCase(name: string): string {
  return words(name).map(capitalised).join("");
}

type Upper =
  | ("A" | "B" | "C" | "D" | "E" | "F" | "G" | "H" | "I" | "J" | "K" | "L" | "M")
  | ("N" | "O" | "P" | "Q" | "R" | "S" | "T" | "U" | "V" | "W" | "X" | "Y" | "Z");
type Lower = Lowercase<Upper>;
type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
type Separator = " " | "\t" | "\n" | "_" | "." | "-";

/** What stands before a letter: nothing of its word yet, a capital, a small letter or digit, anything else. */
type Before = "none" | "upper" | "lower" | "other";
type ClassOf<Letter> = Letter extends Upper ? "upper" : Letter extends Lower | Digit ? "lower" : "other";

/** Whether a letter begins a word: after a separator, a capital after a small letter, the last capital before a small one. */
type Begins<Previous extends Before, Letter, Rest> = Previous extends "none"
  ? true
  : Letter extends Upper
    ? Previous extends "lower"
      ? true
      : Previous extends "upper"
        ? Rest extends `${Lower}${string}`
          ? true
          : false
        : false
    : false;

/** {@link toSnakeCase} on the type level, by the same words. */
export type SnakeCase<Name extends string> = string extends Name ? string : SnakeWords<Name>;
type SnakeWords<
  Name extends string,
  Previous extends Before = "none",
  Made extends string = "",
> = Name extends `${infer Letter}${infer Rest}`
  ? Letter extends Separator
    ? SnakeWords<Rest, "none", Made>
    : SnakeWords<
        Rest,
        ClassOf<Letter>,
        `${Made}${Begins<Previous, Letter, Rest> extends true ? (Made extends "" ? "" : "_") : ""}${Lowercase<Letter>}`
      >
  : Made;

/** {@link toPascalCase} on the type level. */
export type PascalCase<Name extends string> = string extends Name ? string : Capitalised<SnakeWords<Name>>;
type Capitalised<Words extends string, Made extends string = ""> = Words extends `${infer Word}_${infer Rest}`
  ? Capitalised<Rest, `${Made}${Capitalize<Word>}`>
  : `${Made}${Capitalize<Words>}`;

/** {@link toCamelCase} on the type level. */
export type CamelCase<Name extends string> = Uncapitalize<PascalCase<Name>>;
