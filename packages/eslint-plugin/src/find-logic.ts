import { bare, childrenOf, isFunction, isNode, keyOf, nameOf, nodesIn, propertyOf } from "./ast";
import type { Node } from "./ast";
import { findComposers } from "./composers";
import type { LogicKind } from "./messages";
import { calleeName, composerMethods, conversions, isReference, meaningOf } from "./references";
import { either, isHolder, partOf } from "./scope";
import type { Callable, Meaning, Scope } from "./scope";

/** A place where a composer computes with, or decides on, a value that is not there yet. */
export interface LogicFinding {
  kind: LogicKind;
  /** The reference. */
  node: Node;
}

const comparing = new Set(["==", "===", "!=", "!==", "<", "<=", ">", ">=", "in", "instanceof"]);
const blocks = new Set(["BlockStatement", "ForStatement", "ForOfStatement", "ForInStatement", "SwitchStatement", "CatchClause"]);

/** Finds logic on references in all composers of a file, and in the functions of the file that these call. */
export function findLogicOnReferences(program: Node): LogicFinding[] {
  const { functions, scope, declared } = findComposers(program);
  const search = new Search();
  for (const [name, node] of declared) scope.declare(name, search.callable(node, scope));
  for (const composer of functions) search.enter(composer, scope, ["reference"], "reference");
  return search.findings;
}

class Search {
  readonly findings: LogicFinding[] = [];
  /** The functions in which the search is. */
  private readonly entered = new Set<Node>();
  /** What the function in which the search is gives back, as far as it has been read. */
  private returned: Meaning = "other";

  /**
   * Walks a function; returns what it gives back.
   *
   * @param given What its parameters mean. @param rest What those mean for which nothing is given.
   */
  enter(node: Node, outer: Scope, given: readonly Meaning[], rest: Meaning = "other"): Meaning {
    const around = this.returned;
    const isWithin = this.entered.has(node);
    this.entered.add(node);
    this.returned = "other";
    const scope = outer.inner();
    const declare = (name: string, meaning: Meaning) => scope.declare(name, meaning);
    for (const [index, parameter] of nodesIn(node.params).entries()) {
      const isRest = parameter.type === "RestElement";
      const meaning = isRest ? listOfMeanings(given.slice(index)) : (given[index] ?? rest);
      // What has a default value may be left out by other calls; a composer is always given its input.
      const isOptional = parameter.type === "AssignmentPattern" && meaning !== "other" && rest !== "reference";
      this.bindAll(isOptional ? (parameter.left as Node) : parameter, meaning, declare, scope);
    }
    for (const child of childrenOf(node)) this.visit(child, scope);
    if (isNode(node.body) && node.body.type !== "BlockStatement") this.returned = meaningOf(node.body, scope);
    const { returned } = this;
    this.returned = around;
    if (!isWithin) this.entered.delete(node);
    return returned;
  }

  /** A function that is walked with what it is called with, once for each meaning of that. */
  callable(node: Node, scope: Scope): Callable {
    const known = new Map<string, Meaning>();
    const call = (given: readonly Meaning[]): Meaning => {
      const key = given.map(textOf).join();
      const before = known.get(key);
      if (before !== undefined) return before;
      if (this.entered.has(node)) return "other";
      const result = this.enter(node, scope, given);
      known.set(key, result);
      return result;
    };
    return { call };
  }

  private visit(node: Node, scope: Scope): void {
    if (isFunction(node)) return void this.enter(node, scope, []);
    this.check(node, scope);
    const inner = blocks.has(node.type) ? scope.inner() : scope;
    if (inner !== scope) this.hoist(node, inner);
    for (const child of childrenOf(node)) this.visit(child, inner);
    // So that a call by itself is followed as well.
    if (node.type === "CallExpression") meaningOf(node, scope);
    if (node.type === "ReturnStatement") this.returned = either(this.returned, meaningOf(node.argument, scope));
    this.bind(node, scope);
  }

  /** Functions of a block are known in all of it. */
  private hoist(block: unknown, scope: Scope): void {
    if (!isNode(block) || block.type !== "BlockStatement") return;
    for (const statement of nodesIn(block.body)) {
      const name = statement.type === "FunctionDeclaration" ? nameOf(statement.id) : undefined;
      if (name !== undefined) scope.declare(name, this.callable(statement, scope));
    }
  }

  /** Gives names the meaning of what they are set to. */
  private bind(node: Node, scope: Scope): void {
    if (node.type === "VariableDeclarator" && isNode(node.id)) {
      this.bindAll(node.id, this.meaningOfValue(node.init, scope), (name, meaning) => scope.declare(name, meaning), scope);
    } else if (node.type === "AssignmentExpression" && node.operator === "=" && isNode(node.left)) {
      const meaning = this.meaningOfValue(node.right, scope);
      const { left } = node;
      if (left.type !== "MemberExpression") return this.bindAll(left, meaning, (name, of) => scope.assign(name, of), scope);
      const [holder, key] = [meaningOf(left.object, scope), keyOf(left)];
      if (isHolder(holder) && key !== undefined) holder.parts.set(key, meaning);
    }
  }

  private meaningOfValue(value: unknown, scope: Scope): Meaning {
    const node = isNode(value) ? bare(value) : undefined;
    return node && isFunction(node) ? this.callable(node, scope) : meaningOf(node, scope);
  }

  /** Binds the names in a pattern; a default value for what is a reference is never used. */
  private bindAll(pattern: Node, meaning: Meaning, bind: (name: string, meaning: Meaning) => void, scope: Scope): void {
    const name = nameOf(pattern);
    if (name !== undefined) return bind(name, meaning);
    const inner = (part: unknown, of: Meaning) => {
      if (isNode(part)) this.bindAll(part, of, bind, scope);
    };
    switch (pattern.type) {
      case "AssignmentPattern":
        if (meaning === "reference") this.found("fallback", pattern.left as Node);
        return inner(pattern.left, meaning === "other" ? this.meaningOfValue(pattern.right, scope) : meaning);
      case "RestElement":
        return inner(pattern.argument, meaning);
      case "ArrayPattern":
        for (const [index, element] of (pattern.elements as readonly unknown[]).entries()) {
          inner(element, isNode(element) && element.type === "RestElement" ? meaning : partOf(meaning, String(index)));
        }
        return;
      case "ObjectPattern":
        for (const property of nodesIn(pattern.properties)) {
          if (property.type === "RestElement") inner(property, meaning);
          else inner(property.value, partOf(meaning, keyOf(property)));
        }
    }
  }

  private found(kind: LogicKind, node: Node): void {
    if (!this.findings.some((known) => known.node === node && known.kind === kind)) this.findings.push({ kind, node });
  }

  private check(node: Node, scope: Scope): void {
    const report = (kind: LogicKind, ...candidates: unknown[]) => {
      for (const candidate of candidates.flatMap(nodesIn)) if (isReference(candidate, scope)) this.found(kind, bare(candidate));
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

const listOfMeanings = (meanings: readonly Meaning[]): Meaning => ({
  parts: new Map(meanings.map((meaning, index) => [String(index), meaning])),
});

/** The same for what means the same. */
function textOf(meaning: Meaning): string {
  if (typeof meaning === "string") return meaning;
  return isHolder(meaning) ? `{${[...meaning.parts].map(([name, part]) => `${name}: ${textOf(part)}`).join()}}` : "function";
}
