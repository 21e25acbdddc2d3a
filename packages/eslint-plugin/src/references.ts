import { bare, isNode, keyOf, nameOf, nodesIn, propertyOf } from "./ast";
import type { Node } from "./ast";
import { either, holdsReference, isCallable, isHolder, partOf } from "./scope";
import type { Holder, Meaning, Scope } from "./scope";

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
  return meaningOf(expression, scope) === "reference";
}

/** What an expression gives, or may give. */
export function meaningOf(expression: unknown, scope: Scope): Meaning {
  if (!isNode(expression)) return "other";
  const node = bare(expression);
  switch (node.type) {
    case "Identifier":
      return scope.meaningOf(nameOf(node) ?? "");
    case "MemberExpression":
      return partOf(meaningOf(node.object, scope), keyOf(node));
    case "CallExpression":
      return meaningOfCall(node, scope);
    case "ConditionalExpression":
      return either(meaningOf(node.consequent, scope), meaningOf(node.alternate, scope));
    case "LogicalExpression":
      return either(meaningOf(node.left, scope), meaningOf(node.right, scope));
    case "AssignmentExpression":
      return meaningOf(node.right, scope);
    case "ObjectExpression":
      return objectOf(nodesIn(node.properties), scope);
    case "ArrayExpression":
      return listOf(node.elements, scope);
    default:
      return "other";
  }
}

function objectOf(properties: readonly Node[], scope: Scope): Holder {
  const parts = new Map<string, Meaning>();
  for (const property of properties) {
    const spread = property.type === "SpreadElement" ? meaningOf(property.argument, scope) : undefined;
    if (spread && isHolder(spread)) for (const [name, part] of spread.parts) parts.set(name, part);
    const name = keyOf(property);
    if (name !== undefined) parts.set(name, meaningOf(property.value, scope));
  }
  return { parts };
}

function listOf(elements: unknown, scope: Scope): Holder {
  const parts = new Map<string, Meaning>();
  // Of what comes after a spread the places are not known.
  for (const [index, element] of (elements as readonly unknown[]).entries()) {
    if (isNode(element) && element.type === "SpreadElement") break;
    parts.set(String(index), meaningOf(element, scope));
  }
  return { parts };
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

function meaningOfCall(call: Node, scope: Scope): Meaning {
  const callee = isNode(call.callee) ? bare(call.callee) : undefined;
  if (!callee) return "other";
  const called = meaningOf(callee, scope);
  const given = nodesIn(call.arguments).map((argument) => meaningOf(argument, scope));
  if (isCallable(called)) return called.call(given);
  return givesReference(call, callee, called, given, scope) ? "reference" : "other";
}

function givesReference(call: Node, callee: Node, called: Meaning, given: readonly Meaning[], scope: Scope): boolean {
  if (conversions.has(calleeName(call) ?? "")) return false;
  const name = nameOf(callee);
  if (name !== undefined && (composing.has(name) || name.endsWith("Step") || called === "step")) return true;
  const method = propertyOf(callee);
  if (method === "runAsStep") return true;
  if (method === "then") return isWhen(callee.object);
  if (method !== undefined && isReference(callee.object, scope)) return composerMethods.has(method);
  // A function of the app that is given references composes further, and most likely gives back what that yields.
  return given.some(holdsReference);
}

function isWhen(node: unknown): boolean {
  if (!isNode(node)) return false;
  const call = bare(node);
  return call.type === "CallExpression" && nameOf(call.callee) === "when";
}
