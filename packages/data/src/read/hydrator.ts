import { parseTimestamp } from "../sql/timestamps";
import { jsonColumn } from "./json-select";
import type { SelectedColumn, Selection } from "./selection";

/** Turns the rows of a statement into rows of a model. */
export type Hydrator = (rows: readonly Record<string, unknown>[]) => Record<string, unknown>[];

/**
 * Makes the hydrator of a selection. It is generated as code, since an object literal with its keys in place is made
 * several times faster than one that is filled key by key. Only names from models get into that code, as JSON texts.
 */
export function compileHydrator(selection: Selection): Hydrator {
  const functions: string[] = [];
  // Dates of the rows themselves come from the driver, those inside JSON are texts.
  const root = objectFunction(selection, functions, {
    column: ({ name, kind }) => columnValue(kind === "date" ? "plain" : kind, `a[${JSON.stringify(name)}]`),
    relation: (index) => `a[${JSON.stringify(selection.relations[index]?.edge.name)}]`,
  });
  const code = `"use strict";\n${functions.join("\n")}\nreturn (rows) => rows.map(${root});`;
  // oxlint-disable-next-line typescript/no-implied-eval -- see above: nothing but names of models is in the code
  return new Function("date", code)(parseTimestamp) as Hydrator;
}

/** Code for the values of a selection, out of what stands for a row. */
interface Source {
  column(column: SelectedColumn, index: number): string;
  relation(index: number): string;
}

/** Adds a function that makes an object out of a row, and gives its name. */
function objectFunction(selection: Selection, functions: string[], source: Source): string {
  const entries = selection.columns.map((column, index) => `${JSON.stringify(column.name)}: ${source.column(column, index)}`);
  const later: string[] = [];
  for (const { name, foreignKey, key } of selection.references) {
    const from = `a[${JSON.stringify(foreignKey)}]`;
    entries.push(`${JSON.stringify(name)}: ${from} === null ? null : { ${JSON.stringify(key)}: ${from} }`);
  }
  selection.relations.forEach(({ edge, selection: inner }, index) => {
    const one = objectFunction(inner, functions, insideJson(inner));
    const value = source.relation(index);
    const name = JSON.stringify(edge.name);
    if (edge.many) entries.push(`${name}: ${value}.map(${one})`);
    else if (edge.absent === "null") entries.push(`${name}: ${value} === null ? null : ${one}(${value})`);
    else later.push(`if (${value} !== null) o[${name}] = ${one}(${value});`);
  });
  const name = `f${functions.length}`;
  functions.push(`const ${name} = (a) => { const o = { ${entries.join(", ")} }; ${later.join(" ")} return o; };`);
  return name;
}

/** Rows inside JSON are arrays. */
function insideJson(selection: Selection): Source {
  return {
    column: ({ kind }, index) => columnValue(kind, jsonColumn("a", selection, index)),
    relation: (index) => jsonColumn("a", selection, selection.columns.length + index),
  };
}

function columnValue(kind: SelectedColumn["kind"], value: string): string {
  if (kind === "plain") return value;
  return `${value} === null ? null : ${kind === "number" ? "Number" : "date"}(${value})`;
}
