/** A node of an ESTree, as ESLint, oxlint and oxc-parser make it; what else it has depends on its type. */
export interface Node {
  readonly type: string;
  readonly start?: number;
  readonly end?: number;
  readonly range?: readonly [number, number];
  readonly [key: string]: unknown;
}

/** What a node can hold beside other nodes; `parent` would lead back. */
const noChildren = new Set([
  "parent",
  "loc",
  "range",
  "start",
  "end",
  "type",
  "tokens",
  "comments",
  "typeAnnotation",
  "returnType",
  "typeParameters",
  "typeArguments",
]);

/** Whether a property of a node holds another one: an object with a text `type`, which locations and literals lack. */
export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

/** The nodes in a property that holds one, several or none. */
export function nodesIn(value: unknown): Node[] {
  if (Array.isArray(value)) return value.filter(isNode);
  return isNode(value) ? [value] : [];
}

/** The nodes right below this one, in the order of the source; types are left out. */
export function childrenOf(node: Node): Node[] {
  return Object.keys(node).flatMap((key) => (noChildren.has(key) ? [] : nodesIn(node[key])));
}

/** The expression that remains when parentheses, types and chains around it are taken away. */
export function bare(node: Node): Node {
  switch (node.type) {
    case "ParenthesizedExpression":
    case "ChainExpression":
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
      return isNode(node.expression) ? bare(node.expression) : node;
    default:
      return node;
  }
}

/** The name of an identifier; undefined for everything else. */
export function nameOf(node: unknown): string | undefined {
  return isNode(node) && node.type === "Identifier" && typeof node.name === "string" ? node.name : undefined;
}

/** `config` of `step().config`; undefined for computed keys and everything else. */
export function propertyOf(node: Node): string | undefined {
  return node.type === "MemberExpression" && node.computed !== true ? nameOf(node.property) : undefined;
}

/** The name under which a property of an object, or a member of one, stands; undefined where that is not seen. */
export function keyOf({ type, computed, key, property }: Node): string | undefined {
  const name = type === "MemberExpression" ? property : key;
  if (!isNode(name)) return undefined;
  const { value } = name;
  if (name.type === "Literal" && (typeof value === "string" || typeof value === "number")) return String(value);
  return computed === true ? undefined : nameOf(name);
}

/** Methods count by the `FunctionExpression` that is their value. */
export function isFunction(node: Node): boolean {
  return node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression" || node.type === "FunctionDeclaration";
}
