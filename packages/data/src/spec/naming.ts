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

/** {@link toPascalCase} on the type level, for names that are snake_case, camelCase or PascalCase. */
export type PascalCase<Name extends string> = Name extends `${infer Head}${"_" | "-" | "." | " "}${infer Tail}`
  ? `${Capitalize<Head>}${PascalCase<Tail>}`
  : Capitalize<Name>;

/** {@link toCamelCase} on the type level. */
export type CamelCase<Name extends string> = Uncapitalize<PascalCase<Name>>;

/** {@link toSnakeCase} on the type level. */
export type SnakeCase<Name extends string> = SnakeWords<Uncapitalize<PascalCase<Name>>>;
type SnakeWords<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeWords<Tail>}`
  : "";
