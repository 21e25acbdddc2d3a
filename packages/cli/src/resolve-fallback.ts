/**
 * Finds packages of this install for apps that lie outside of it, or that name them as the reference does:
 * `@medusajs/framework/http` is the facade `@velella/compat-framework/http`.
 *
 * @returns The file, or undefined when there is no such package or entry.
 */
export function resolveFromHere(request: string): string | undefined {
  const name = request.replace(/^@medusajs\//, "@velella/compat-");
  if (!name.startsWith("@velella/")) return undefined;
  try {
    return require.resolve(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "MODULE_NOT_FOUND" || code === "ERR_PACKAGE_PATH_NOT_EXPORTED") return undefined;
    throw error;
  }
}
