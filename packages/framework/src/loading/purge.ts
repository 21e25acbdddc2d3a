/**
 * Takes modules out of Node's cache, with every module that imports them, directly or not.
 *
 * @param files Files that changed.
 * @param accepts Only modules for which this holds are taken out; others keep what they have.
 * @returns The files taken out.
 */
export function purgeModules(files: readonly string[], accepts: (file: string) => boolean): string[] {
  const loaded = Object.values(require.cache).filter((module): module is NodeModule => module !== undefined);
  const importers = new Map<NodeModule, NodeModule[]>();
  for (const module of loaded) {
    for (const child of module.children) {
      const known = importers.get(child);
      if (known) known.push(module);
      else importers.set(child, [module]);
    }
  }
  const purged = new Set<NodeModule>();
  const waiting = files.map((file) => require.cache[file]);
  for (let module = waiting.pop(); module !== undefined || waiting.length > 0; module = waiting.pop()) {
    if (!module || purged.has(module) || !accepts(module.filename)) continue;
    purged.add(module);
    waiting.push(...(importers.get(module) ?? []));
  }
  for (const module of purged) delete require.cache[module.filename];
  // Whoever imported a module holds it in `children`, and would keep every old version alive.
  for (const module of loaded) {
    if (module.children.some((child) => purged.has(child))) module.children = module.children.filter((child) => !purged.has(child));
  }
  return [...purged].map((module) => module.filename);
}
