import { bare, childrenOf, isFunction, isNode, nameOf, nodesIn, propertyOf } from "./ast";
import type { Node } from "./ast";
import { findComposers } from "./composers";
import type { LogicKind } from "./messages";
import { calleeName, composerMethods, containsReference, conversions, isReference } from "./references";
import type { Meaning, Scope } from "./scope";

/** A place where a composer computes with, or decides on, a value that is not there yet. */
export interface LogicFinding {
  kind: LogicKind;
  /** The reference. */
  node: Node;
}

const comparing = new Set(["==", "===", "!=", "!==", "<", "<=", ">", ">=", "in", "instanceof"]);
const blocks = new Set(["BlockStatement", "ForStatement", "ForOfStatement", "ForInStatement", "SwitchStatement", "CatchClause"]);

/** Finds logic on references in all composers of a file, in the order of the source. */
export function findLogicOnReferences(program: Node): LogicFinding[] {
  const { functions, scope } = findComposers(program);
  return functions.flatMap((composer) => {
    const search = new Search();
    search.enter(composer, scope, "reference");
    return search.findings;
  });
}

class Search {
  readonly findings: LogicFinding[] = [];

  /** Walks a function whose parameters have this meaning. */
  enter(node: Node, outer: Scope, parameters: Meaning): void {
    const scope = outer.inner();
    for (const parameter of nodesIn(node.params)) this.declare(parameter, parameters, scope);
    for (const child of childrenOf(node)) this.visit(child, scope);
  }

  private visit(node: Node, scope: Scope): void {
    if (isFunction(node)) {
      const name = nameOf(node.id);
      if (name !== undefined) scope.declare(name, "other");
      return this.enter(node, scope, "other");
    }
    this.check(node, scope);
    const inner = blocks.has(node.type) ? scope.inner() : scope;
    for (const child of childrenOf(node)) this.visit(child, inner);
    this.bind(node, scope);
  }

  /** Gives names the meaning of what they are set to. */
  private bind(node: Node, scope: Scope): void {
    if (node.type === "VariableDeclarator" && isNode(node.id)) {
      const isPattern = nameOf(node.id) === undefined;
      const holds = isPattern ? containsReference(node.init, scope) : isReference(node.init, scope);
      this.declare(node.id, holds ? "reference" : "other", scope);
    } else if (node.type === "AssignmentExpression" && node.operator === "=") {
      const name = nameOf(node.left);
      if (name !== undefined) scope.assign(name, isReference(node.right, scope) ? "reference" : "other");
    }
  }

  /** All names in a pattern get the same meaning. */
  private declare(pattern: Node, meaning: Meaning, scope: Scope): void {
    const name = nameOf(pattern);
    if (name !== undefined) return scope.declare(name, meaning);
    switch (pattern.type) {
      case "AssignmentPattern":
        return this.declareAll(pattern.left, meaning, scope);
      case "RestElement":
        return this.declareAll(pattern.argument, meaning, scope);
      case "ArrayPattern":
        return this.declareAll(pattern.elements, meaning, scope);
      case "ObjectPattern":
        return this.declareAll(pattern.properties, meaning, scope);
      case "Property":
        return this.declareAll(pattern.value, meaning, scope);
    }
  }

  private declareAll(patterns: unknown, meaning: Meaning, scope: Scope): void {
    for (const pattern of nodesIn(patterns)) this.declare(pattern, meaning, scope);
  }

  private check(node: Node, scope: Scope): void {
    const report = (kind: LogicKind, ...candidates: unknown[]) => {
      for (const candidate of candidates.flatMap(nodesIn))
        if (isReference(candidate, scope)) this.findings.push({ kind, node: bare(candidate) });
    };
    switch (node.type) {
      case "IfStatement":
      case "ConditionalExpression":
      case "WhileStatement":
      case "DoWhileStatement":
      case "ForStatement":
        return report("condition", decisive(node.test));
      case "SwitchStatement":
        return report(
          "comparison",
          node.discriminant,
          nodesIn(node.cases).flatMap(({ test }) => nodesIn(test)),
        );
      case "LogicalExpression":
        return report(node.operator === "&&" ? "condition" : "fallback", decisive(node.left));
      case "BinaryExpression":
        return report(comparing.has(String(node.operator)) ? "comparison" : "computation", node.left, node.right);
      case "UnaryExpression":
        return node.operator === "!"
          ? report("condition", decisive(node.argument))
          : node.operator !== "void"
            ? report("computation", node.argument)
            : undefined;
      case "UpdateExpression":
        return report("computation", node.argument);
      case "TemplateLiteral":
        return report("computation", node.expressions);
      case "AssignmentExpression":
        return this.checkAssignment(node, report);
      case "ForOfStatement":
      case "ForInStatement":
        return report("iteration", node.right);
      case "SpreadElement":
        return report("iteration", node.argument);
      case "CallExpression":
        return this.checkCall(node, scope, report);
    }
  }

  private checkAssignment({ operator, left, right }: Node, report: (kind: LogicKind, ...candidates: unknown[]) => void): void {
    if (operator === "&&=") report("condition", left);
    else if (operator === "||=" || operator === "??=") report("fallback", left);
    else if (operator !== "=") report("computation", left, right);
  }

  private checkCall(node: Node, scope: Scope, report: (kind: LogicKind, ...candidates: unknown[]) => void): void {
    if (conversions.has(calleeName(node) ?? "")) return report("computation", nodesIn(node.arguments)[0]);
    const callee = isNode(node.callee) ? bare(node.callee) : undefined;
    const method = callee && propertyOf(callee);
    if (callee && method !== undefined && !composerMethods.has(method) && isReference(callee.object, scope)) report("method", callee);
  }
}

/** Of a condition, what decides it when everything before it has: the left sides of `&&`, `||`, `??` are looked at by themselves. */
function decisive(condition: unknown): unknown {
  if (!isNode(condition)) return condition;
  const node = bare(condition);
  return node.type === "LogicalExpression" ? decisive(node.right) : node;
}
