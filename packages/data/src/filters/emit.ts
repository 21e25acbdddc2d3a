import type { Aliases } from "../sql/aliases";
import { joinClause } from "../sql/join";
import { literal, quote } from "../sql/quote";
import type { Condition, JsonTest } from "./condition";

/** What the text of a condition depends on beside the condition itself. */
export interface EmitContext {
  readonly aliases: Aliases;
  readonly withDeleted: boolean;
}

/** A condition as SQL, on the row that `alias` names. */
export function emitCondition(condition: Condition, alias: string, context: EmitContext): string {
  switch (condition.kind) {
    case "all":
    case "any":
      return `(${condition.parts.map((part) => emitCondition(part, alias, context)).join(condition.kind === "all" ? " and " : " or ")})`;
    case "not":
      return `not (${emitCondition(condition.part, alias, context)})`;
    case "null":
      return `${column(alias, condition.property.name)} is ${condition.negated ? "not " : ""}null`;
    case "compare":
      return comparison(column(alias, condition.property.name), condition.operator, condition.param, condition.cast);
    case "search": {
      const text = column(alias, condition.property.name);
      return `${condition.property.sqlType === "text" ? text : `${text}::text`} ilike $${condition.param}`;
    }
    case "fulltext":
      return `to_tsvector('simple', ${column(alias, condition.property.name)}) @@ plainto_tsquery('simple', $${condition.param})`;
    case "json":
      return jsonTest(`${column(alias, condition.property.name)} #> $${condition.path}::text[]`, condition.test);
    case "exists": {
      const inner = context.aliases.next();
      const { from, on } = joinClause(condition.edge, alias, inner, context);
      const where = condition.where ? ` and ${emitCondition(condition.where, inner, context)}` : "";
      return `exists (select 1 from ${from} where ${on}${where})`;
    }
  }
}

function comparison(left: string, operator: string, param: number, cast: string | undefined): string {
  const value = `$${param}${cast ? `::${cast}` : ""}`;
  return operator.endsWith("any") || operator.endsWith("all") ? `${left} ${operator} (${value})` : `${left} ${operator} ${value}`;
}

function jsonTest(value: string, test: JsonTest): string {
  switch (test.kind) {
    case "compare":
      return comparison(`(${value})`, test.operator, test.param, test.cast);
    case "order":
      return `(jsonb_typeof(${value}) = ${literal(test.type)} and (${value}) ${test.operator} $${test.param}::jsonb)`;
    case "text":
      return `(${value} #>> '{}') ${test.operator} $${test.param}`;
    case "null":
      return `coalesce(${value}, 'null'::jsonb) ${test.negated ? "<>" : "="} 'null'::jsonb`;
    case "present":
      return `(${value}) is ${test.negated ? "" : "not "}null`;
  }
}

function column(alias: string, name: string): string {
  return `${alias}.${quote(name)}`;
}
