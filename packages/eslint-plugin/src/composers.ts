import { bare, childrenOf, isFunction, isNode, nameOf, nodesIn, propertyOf } from "./ast";
import type { Node } from "./ast";
import { Scope } from "./scope";

/** The composers of a file, and what the names at its top mean to them. */
export interface Composers {
  functions: Node[];
  scope: Scope;
  /** The functions at its top, by name. */
  declared: Map<string, Node>;
}

/** Finds the functions that are given to `createWorkflow`, under whatever name it was imported. */
export function findComposers(program: Node): Composers {
  const names = importedNames(program);
  const isCallTo = (node: Node | undefined, what: string) =>
    node?.type === "CallExpression" &&
    isNode(node.callee) &&
    (names.get(nameOf(node.callee) ?? "") === what || propertyOf(node.callee) === what);
  const scope = new Scope();
  const declared = new Map<string, Node>();
  for (const [name, value] of topLevelNames(program)) {
    if (isFunction(bare(value))) declared.set(name, bare(value));
    if (isCallTo(bare(value), "createStep")) scope.declare(name, "step");
  }
  const functions: Node[] = [];
  const visit = (node: Node): void => {
    if (isCallTo(node, "createWorkflow")) {
      const given = nodesIn(node.arguments)[1];
      const composer = given && (declared.get(nameOf(given) ?? "") ?? bare(given));
      if (composer && isFunction(composer) && !functions.includes(composer)) functions.push(composer);
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
  return { functions, scope, declared };
}

/** What `createWorkflow` and `createStep` are called in this file. */
function importedNames(program: Node): Map<string, string> {
  const names = new Map(["createWorkflow", "createStep"].map((name) => [name, name]));
  for (const statement of nodesIn(program.body)) {
    if (statement.type !== "ImportDeclaration") continue;
    for (const specifier of nodesIn(statement.specifiers)) {
      const imported = nameOf(specifier.imported);
      const local = nameOf(specifier.local);
      if (local !== undefined && (imported === "createWorkflow" || imported === "createStep")) names.set(local, imported);
    }
  }
  return names;
}

/** Functions and constants at the top of a file. */
function topLevelNames(program: Node): [string, Node][] {
  return nodesIn(program.body).flatMap((statement): [string, Node][] => {
    const declaration = statement.type.startsWith("Export") && isNode(statement.declaration) ? statement.declaration : statement;
    if (declaration.type === "FunctionDeclaration") return [[nameOf(declaration.id) ?? "", declaration]];
    if (declaration.type !== "VariableDeclaration") return [];
    return nodesIn(declaration.declarations).flatMap(({ id, init }): [string, Node][] => {
      const name = nameOf(id);
      return name !== undefined && isNode(init) ? [[name, init]] : [];
    });
  });
}
