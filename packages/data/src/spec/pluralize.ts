import { endings, irregular, uncountable } from "./plural-rules";

type Rule = readonly [keep: string, drop: string, add: string];

const same: ReadonlySet<string> = new Set(uncountable);
const own: ReadonlyMap<string, Rule> = new Map(irregular.map(([word, drop, add]) => [word, [word, drop, add]]));
const byLetter: Readonly<Record<string, readonly Rule[]>> = endings;

/**
 * The English plural of a name, taken as one word: `Category` → `Categories`, `Media` → `Media`,
 * `DigitalProductMedia` → `DigitalProductMedias`. Names of generated methods and default pivot tables come from it.
 */
export function pluralize(name: string): string {
  const lower = name.toLowerCase();
  if (same.has(lower)) return name;
  const letter = lower.slice(-1);
  const rule = own.get(lower) ?? byLetter[letter]?.find(([keep, drop]) => lower.endsWith(keep + drop));
  if (rule) return name.slice(0, name.length - rule[1].length) + rule[2];
  return letter === "s" ? name : `${name}s`;
}

type Uncountable = (typeof uncountable)[number];
type Irregular = { readonly [R in (typeof irregular)[number] as R[0]]: R };
type Endings = typeof endings;
type LastLetter<S extends string> = { [L in keyof Endings]: S extends `${string}${L}` ? L : never }[keyof Endings];

type Replace<S extends string, Drop extends string, Add extends string> = S extends `${infer Stem}${Drop}`
  ? `${Stem}${Add}`
  : Lowercase<S> extends `${infer Stem}${Drop}`
    ? `${Beginning<S, Stem>}${Add}`
    : S;
/** The beginning of a text, as long as another one. */
type Beginning<S extends string, Length extends string> = Length extends `${string}${infer More}`
  ? S extends `${infer Letter}${infer Rest}`
    ? `${Letter}${Beginning<Rest, More>}`
    : S
  : "";
type ByEnding<S extends string, Rules> = Rules extends readonly [
  readonly [infer Keep extends string, infer Drop extends string, infer Add extends string],
  ...infer Rest,
]
  ? Lowercase<S> extends `${string}${Keep}${Drop}`
    ? Replace<S, Drop, Add>
    : ByEnding<S, Rest>
  : Lowercase<S> extends `${string}s`
    ? S
    : `${S}s`;

/** {@link pluralize} on the type level, by the same rules. */
export type Pluralize<S extends string> = string extends S
  ? string
  : Lowercase<S> extends Uncountable
    ? S
    : Lowercase<S> extends keyof Irregular
      ? Replace<S, Irregular[Lowercase<S>][1], Irregular[Lowercase<S>][2]>
      : [LastLetter<Lowercase<S>>] extends [never]
        ? `${S}s`
        : ByEnding<S, Endings[LastLetter<Lowercase<S>>]>;
