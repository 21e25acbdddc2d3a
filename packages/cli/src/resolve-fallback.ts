/** What existing files of apps import that goes by another name altogether: the base class of their migrations. */
const otherNames = new Map([["@mikro-orm/migrations", "@velella/compat-framework/mikro-orm/migrations"]]);

/**
 * Finds packages of this install for apps that lie outside of it, or that name them as the reference does:
 * `@medusajs/framework/http` is the facade `@velella/compat-framework/http`. A package that the app has installed itself
 * is found before anything here is asked for.
 *
 * @returns The file, or undefined when there is no such package or entry.
 */
export function resolveFromHere(request: string): string | undefined {
  const name = otherNames.get(request) ?? request.replace(/^@medusajs\//, "@velella/compat-");
  if (!name.startsWith("@velella/")) return undefined;
  try {
    return require.resolve(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "MODULE_NOT_FOUND" || code === "ERR_PACKAGE_PATH_NOT_EXPORTED") return undefined;
    throw error;
  }
}
