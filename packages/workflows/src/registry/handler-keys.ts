import type { HookHandlerEntry } from "./workflow-registry";

/**
 * What the journal calls the handlers of a hook, in their order: `HOOK@SOURCE`, where the source is the file that registered it
 * and the name of its function, as far as it has them; plainly `HOOK` where it has neither. So a handler keeps its key whatever
 * other files register. Those of one source are `HOOK@SOURCE#1of2`: when there is one more, or one less, nobody can say which is
 * which, and none has its old key.
 */
export function handlerKeys(hook: string, handlers: readonly HookHandlerEntry[]): readonly string[] {
  const sources = handlers.map(sourceOf);
  return sources.map((source, i) => {
    const alike = sources.filter((other) => other === source).length;
    if (alike === 1) return source ? `${hook}@${source}` : hook;
    return `${hook}@${source}#${sources.slice(0, i + 1).filter((other) => other === source).length}of${alike}`;
  });
}

/** A release may lie in a folder of its own, and be compiled: the part of the path that stays, without its ending. */
function sourceOf({ file, handle }: HookHandlerEntry): string {
  const parts = file.split(/[\\/]/);
  const source = parts.slice(parts.lastIndexOf("src") + 1 || -1).join("/");
  return [source.replace(/\.[^./]*$/, ""), handle.name].filter(Boolean).join(".");
}
