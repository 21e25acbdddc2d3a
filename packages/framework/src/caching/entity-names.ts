import { pluralize, toPascalCase } from "@velella/data";

/** Finds which entity a name means: `products`, `product` and `Product` are `Product`, `product-variants` is `ProductVariant`. */
export class EntityNames {
  private readonly known = new Map<string, string>();

  /** @param models Names of the models that there are. A name that means none of them is made singular by rule. */
  constructor(models: Iterable<string> = []) {
    for (const model of models) {
      const entity = toPascalCase(model);
      this.known.set(pluralize(entity), entity);
      this.known.set(entity, entity);
    }
  }

  /** PascalCase and singular, also for names of no model. */
  of(name: string): string {
    const pascal = toPascalCase(name);
    return this.known.get(pascal) ?? singular(pascal);
  }

  /**
   * What a property of a record may hold: the variants of a product are records of ProductVariant, the author of a
   * post is one of Author. Both, where no model tells.
   */
  ofProperty(parent: string, name: string): string[] {
    const pascal = toPascalCase(name);
    const known = this.known.get(parent + pascal) ?? this.known.get(pascal);
    return known ? [known] : [singular(pascal), parent + singular(pascal)];
  }
}

function singular(plural: string): string {
  if (/[^aeiou]ies$/.test(plural)) return `${plural.slice(0, -3)}y`;
  if (/(x|ch|sh|ss|zz)es$/.test(plural)) return plural.slice(0, -2);
  return /[^su]s$/.test(plural) ? plural.slice(0, -1) : plural;
}
