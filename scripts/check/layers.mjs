import { join, posix } from "node:path";
import { importsOf, isPackageSource, read, repositoryFiles } from "./sources.mjs";

/**
 * The order of the layers, in `layers.json`.
 *
 * @typedef {object} Layers
 * @property {Record<string, string[]>} packages Which packages each may import, by its name after `@velella/`.
 * @property {Record<string, string[]>} folders Folders of each package from the lowest to the highest. A folder imports only lower ones.
 *   A file directly in `src` counts as a folder of its name; `index` may import all. A package that is not listed may do as it likes.
 * @property {string[]} separate Folders, such as `commerce/modules`, whose own folders do not import each other.
 */

/**
 * Imports that go up, or round in a circle.
 *
 * @param {string} root
 * @param {string[]} files Paths from the root.
 * @param {Layers} layers
 * @returns {string[]}
 */
export function layerProblems(root, files, layers) {
  const problems = [];
  /** @type {Map<string, string[]>} */
  const graph = new Map();
  const known = new Set(files);
  for (const file of files) {
    const edges = [];
    for (const { request, typeOnly } of importsOf(read(root, file))) {
      const target = request.startsWith(".") ? resolveRelative(known, file, request) : undefined;
      if (target && !typeOnly) edges.push(target);
      problems.push(...importProblems(file, request, target, layers));
    }
    graph.set(file, edges);
  }
  return [...new Set([...problems, ...cycles(graph)])];
}

/** @returns {string[]} */
function importProblems(
  /** @type {string} */ file,
  /** @type {string} */ request,
  /** @type {string | undefined} */ target,
  /** @type {Layers} */ layers,
) {
  const from = placeOf(file);
  if (request.startsWith("@velella/")) {
    const name = request.split("/")[1] ?? "";
    if (name === from.package) return [`${file} imports its own package by name (${request}).`];
    const allowed = layers.packages[from.package];
    if (!allowed) return [`${file}: the package ${from.package} is not in layers.json.`];
    if (isForTests(file) && request === `@velella/${name}/testing`) return [];
    return allowed.includes(name)
      ? []
      : [`${file} imports ${request}; ${from.package} may import only ${allowed.join(", ") || "nothing"}.`];
  }
  if (!request.startsWith(".") || request.endsWith("/package.json")) return [];
  if (!target) return [`${file} imports ${request}, which is no source of the repository.`];
  const to = placeOf(target);
  if (to.package !== from.package) return [`${file} reaches into the package ${to.package} by path (${request}).`];
  const sister = separateProblem(file, target, `${from.package}/${from.folder}`, layers);
  if (sister) return [sister];
  const order = layers.folders[from.package];
  if (!order || from.folder === to.folder || from.folder === "index") return [];
  const [low, high] = [order.indexOf(to.folder), order.indexOf(from.folder)];
  if (low < 0 || high < 0) return [`${file}: the folder "${low < 0 ? to.folder : from.folder}" of ${from.package} is not in layers.json.`];
  return low < high ? [] : [`${file} imports ${request}: in ${from.package}, "${from.folder}" lies below "${to.folder}".`];
}

/** What only tests use may have the tests' own tools from any package. */
function isForTests(/** @type {string} */ file) {
  return /\/src\/(.*\/)?testing\//.test(file);
}

function separateProblem(
  /** @type {string} */ file,
  /** @type {string} */ target,
  /** @type {string} */ folder,
  /** @type {Layers} */ layers,
) {
  if (!layers.separate.includes(folder)) return undefined;
  const [from, to] = [file, target].map((path) => /\/src\/[^/]+\/([^/]+)\//.exec(path)?.[1]);
  return from !== undefined && to !== undefined && from !== to
    ? `${file} imports ${target}: "${from}" and "${to}" of ${folder} are to know nothing of each other.`
    : undefined;
}

/** Package and folder of a source; a file directly in `src` is a folder of its own name. */
export function placeOf(/** @type {string} */ file) {
  const [path = "", inside = ""] = file.replace(/^packages\/(compat\/)?/, (_, compat) => (compat ? "compat-" : "")).split("/src/");
  const slash = inside.indexOf("/");
  return { package: path, folder: slash < 0 ? inside.replace(/\.tsx?$/, "") : inside.slice(0, slash) };
}

function resolveRelative(/** @type {Set<string>} */ known, /** @type {string} */ file, /** @type {string} */ request) {
  const path = posix.join(posix.dirname(file), request).replace(/\.js$/, "");
  return [`${path}.ts`, `${path}.tsx`, `${path}/index.ts`, path].find((candidate) => known.has(candidate) || candidate.endsWith(".json"));
}

/** @returns {string[]} */
function cycles(/** @type {Map<string, string[]>} */ graph) {
  const found = [];
  const done = new Set();
  /** @type {string[]} */
  const path = [];
  const visit = (/** @type {string} */ file) => {
    if (done.has(file)) return;
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push(`Imports go round: ${[...path.slice(at), file].join(" → ")}`);
      return;
    }
    path.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return found;
}

export const layers = {
  name: "layers",
  run: async ({ root }) => {
    const order = JSON.parse(read(root, join("scripts", "check", "layers.json")));
    const problems = layerProblems(root, repositoryFiles(root).filter(isPackageSource), order);
    return { ok: problems.length === 0, output: problems.join("\n") };
  },
};
