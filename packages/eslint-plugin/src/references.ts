import { bare, isNode, nameOf, nodesIn, propertyOf } from "./ast";
import type { Node } from "./ast";
import type { Scope } from "./scope";

/** Functions for composers whose result is a reference. */
const composing = new Set(["transform", "parallelize", "createHook"]);

/** Methods that references have in a composer; all others belong to the value, which is not there yet. */
export const composerMethods: ReadonlySet<string> = new Set(["config", "then", "getResult", "runAsStep"]);

/** Functions that turn a value into another at once. */
export const conversions: ReadonlySet<string> = new Set([
  "Boolean",
  "String",
  "Number",
  "BigInt",
  "parseInt",
  "parseFloat",
  "JSON.stringify",
  "Array.isArray",
]);

/** Whether an expression gives a reference, or may give one. */
export function isReference(expression: unknown, scope: Scope): boolean {
  if (!isNode(expression)) return false;
  const node = bare(expression);
  switch (node.type) {
    case "Identifier":
      return scope.meaningOf(nameOf(node) ?? "") === "reference";
    case "MemberExpression":
      return isReference(node.object, scope);
    case "CallExpression":
      return givesReference(node, scope);
    case "ConditionalExpression":
      return isReference(node.consequent, scope) || isReference(node.alternate, scope);
    case "LogicalExpression":
      return isReference(node.left, scope) || isReference(node.right, scope);
    case "AssignmentExpression":
      return isReference(node.right, scope);
    default:
      return false;
  }
}

/** Whether an expression is a reference, or an array or object with one in it. */
export function containsReference(expression: unknown, scope: Scope): boolean {
  if (!isNode(expression)) return false;
  const node = bare(expression);
  if (node.type === "ArrayExpression") return nodesIn(node.elements).some((element) => containsReference(element, scope));
  if (node.type === "ObjectExpression") {
    return nodesIn(node.properties).some((property) =>
      containsReference(property.type === "SpreadElement" ? property.argument : property.value, scope),
    );
  }
  return isReference(node, scope);
}

/** `JSON.stringify` of `JSON.stringify(x)`. */
export function calleeName(call: Node): string | undefined {
  const callee = isNode(call.callee) ? bare(call.callee) : undefined;
  if (!callee) return undefined;
  const property = propertyOf(callee);
  if (property === undefined) return nameOf(callee);
  const object = nameOf(callee.object);
  return object === undefined ? undefined : `${object}.${property}`;
}

function givesReference(call: Node, scope: Scope): boolean {
  const callee = isNode(call.callee) ? bare(call.callee) : undefined;
  if (!callee || conversions.has(calleeName(call) ?? "")) return false;
  const name = nameOf(callee);
  if (name !== undefined && (composing.has(name) || name.endsWith("Step") || scope.meaningOf(name) === "step")) return true;
  const method = propertyOf(callee);
  if (method === "runAsStep") return true;
  if (method === "then") return isWhen(callee.object);
  if (method !== undefined && isReference(callee.object, scope)) return composerMethods.has(method);
  // A function of the app that is given references composes further, and most likely gives back what that yields.
  return nodesIn(call.arguments).some((argument) => argument.type !== "SpreadElement" && containsReference(argument, scope));
}

function isWhen(node: unknown): boolean {
  if (!isNode(node)) return false;
  const call = bare(node);
  return call.type === "CallExpression" && nameOf(call.callee) === "when";
}
