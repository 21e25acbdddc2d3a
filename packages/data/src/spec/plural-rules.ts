/**
 * English plurals as data, read by `pluralize` at run time and by `Pluralize` on the type level.
 *
 * `uncountable` and `irregular` apply to the entire name, whatever its case. `endings` is tried in order, grouped by the last letter
 * of the name: where a name ends in `keep + drop`, `drop` is replaced by `add`. A name that no rule fits gets an `s`,
 * or stays as it is when it ends in one.
 */

/** Names of which the plural is the same word. */
export const uncountable = [
  "advice", "agenda", "aid", "aircraft", "analytics", "audio", "bison", "cash", "chassis", "chess", "clothing", "commerce", "cooperation",
  "corps", "data", "debris", "diabetes", "energy", "equipment", "firmware", "fun", "garbage", "graffiti", "hardware", "headquarters", "health",
  "homework", "info", "information", "jeans", "justice", "literature", "machinery", "mail", "media", "metadata", "music", "news", "only",
  "personnel", "police", "pollution", "rain", "research", "rice", "scissors", "series", "software", "species", "staff", "tennis", "traffic",
  "transportation", "wealth", "welfare", "wildlife",
] as const;

/** Names with a plural of their own: `[singular, drop, add]`, where the singular ends in `drop`. */
export const irregular = [
  ["axe", "", "s"], ["cargo", "", "es"], ["die", "ie", "ice"], ["echo", "", "es"], ["foot", "oot", "eet"],
  ["genus", "us", "era"], ["goose", "oose", "eese"], ["human", "", "s"], ["man", "an", "en"], ["ox", "", "en"], ["passerby", "erby", "ersby"],
  ["proof", "", "s"], ["schema", "", "ta"], ["tooth", "ooth", "eeth"], ["tornado", "", "es"], ["veto", "", "es"],
  ["volcano", "", "es"],
] as const;

/** Endings by last letter: `[keep, drop, add]`. */
export const endings = {
  a: [["dat", "a", "a"], ["criteri", "a", "a"], ["bacteri", "a", "a"]],
  d: [["child", "", "ren"]],
  e: [["li", "fe", "ves"], ["wi", "fe", "ves"], ["kni", "fe", "ves"]],
  f: [["lea", "f", "ves"], ["loa", "f", "ves"], ["el", "f", "ves"], ["al", "f", "ves"], ["ol", "f", "ves"], ["ar", "f", "ves"], ["thie", "f", "ves"]],
  h: [["fish", "", ""], ["ch", "", "es"], ["sh", "", "es"]],
  m: [["curricul", "um", "a"], ["dat", "um", "a"], ["symposi", "um", "a"], ["millenni", "um", "a"]],
  n: [["wom", "an", "en"], ["salesm", "an", "en"], ["pe", "rson", "ople"], ["criteri", "on", "a"], ["phenomen", "on", "a"]],
  o: [["hero", "", "es"], ["ato", "", "es"]],
  p: [["sheep", "", ""]],
  r: [["deer", "", ""]],
  s: [
    ["canvas", "", "es"], ["alias", "", "es"], ["atlas", "", "es"], ["gas", "", "es"], ["lens", "", "es"], ["iris", "", "es"],
    ["radi", "us", "i"], ["alumn", "us", "i"], ["nucle", "us", "i"], ["stimul", "us", "i"], ["foc", "us", "i"], ["syllab", "us", "i"],
    ["", "sis", "ses"], ["ax", "is", "es"], ["ous", "", ""], ["ss", "", "es"], ["us", "", "es"],
  ],
  x: [["ind", "ex", "ices"], ["vert", "ex", "ices"], ["cod", "ex", "ices"], ["matr", "ix", "ices"], ["append", "ix", "ices"], ["x", "", "es"]],
  y: [["ay", "", "s"], ["ey", "", "s"], ["iy", "", "s"], ["oy", "", "s"], ["uy", "", "s"], ["", "y", "ies"]],
  z: [["qui", "z", "zzes"], ["z", "", "es"]],
} as const;
