import { parseTimestamp } from "../sql/timestamps";
import { jsonColumn } from "./json-select";
import type { SelectedColumn, Selection } from "./selection";

/** Turns the rows of a statement into rows of a model, in place. */
export type Hydrator = (rows: Record<string, unknown>[]) => Record<string, unknown>[];

/**
 * Makes the hydrator of a selection. It is generated as code, since an object literal with its keys in place is made
 * several times faster than one that is filled key by key. Only names from models get into that code, as JSON texts.
 */
export function compileHydrator(selection: Selection): Hydrator {
  const functions: string[] = [];
  const body: string[] = [];
  for (const column of selection.columns) {
    if (column.kind !== "number") continue; // Dates at the top level come from the driver.
    const place = `row[${JSON.stringify(column.name)}]`;
    body.push(`if (${place} !== null) ${place} = Number(${place});`);
  }
  for (const { name, foreignKey, key } of selection.references) {
    const from = `row[${JSON.stringify(foreignKey)}]`;
    body.push(`row[${JSON.stringify(name)}] = ${from} === null ? null : { ${JSON.stringify(key)}: ${from} };`);
  }
  for (const { edge, selection: inner } of selection.relations) {
    const place = `row[${JSON.stringify(edge.name)}]`;
    const one = objectFunction(inner, functions);
    if (edge.many) body.push(`${place} = ${place}.map(${one});`);
    else if (edge.absent === "null") body.push(`if (${place} !== null) ${place} = ${one}(${place});`);
    else body.push(`if (${place} === null) delete ${place}; else ${place} = ${one}(${place});`);
  }
  if (body.length === 0) return (rows) => rows;
  const code = `"use strict";\n${functions.join("\n")}\nreturn (rows) => { for (const row of rows) { ${body.join(" ")} } return rows; };`;
  // oxlint-disable-next-line typescript/no-implied-eval -- see above: nothing but names of models is in the code
  return new Function("date", code)(parseTimestamp) as Hydrator;
}

/** Adds a function that makes an object out of the array that JSON holds for it, and gives its name. */
function objectFunction(selection: Selection, functions: string[]): string {
  const entries: string[] = [];
  const later: string[] = [];
  selection.columns.forEach((column, index) =>
    entries.push(`${JSON.stringify(column.name)}: ${columnValue(column, jsonColumn("a", selection, index))}`),
  );
  selection.relations.forEach(({ edge, selection: inner }, index) => {
    const one = objectFunction(inner, functions);
    const value = jsonColumn("a", selection, selection.columns.length + index);
    const name = JSON.stringify(edge.name);
    if (edge.many) entries.push(`${name}: ${value}.map(${one})`);
    else if (edge.absent === "null") entries.push(`${name}: ${value} === null ? null : ${one}(${value})`);
    else later.push(`if (${value} !== null) o[${name}] = ${one}(${value});`);
  });
  const name = `f${functions.length}`;
  functions.push(`const ${name} = (a) => { const o = { ${entries.join(", ")} }; ${later.join(" ")} return o; };`);
  return name;
}

function columnValue(column: SelectedColumn, value: string): string {
  if (column.kind === "plain") return value;
  return `${value} === null ? null : ${column.kind === "number" ? "Number" : "date"}(${value})`;
}
