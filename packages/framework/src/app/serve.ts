import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HttpServer } from "../http/http-server";
import { discoverAppFiles } from "../loading/discover";
import type { AppDefaults } from "./app-defaults";
import { appErrors } from "./errors";

/** Adds the default routes, the app's own and its middlewares, and computes the handler chains. */
export function addRoutes(http: HttpServer, directory: string, defaults: AppDefaults): void {
  if (defaults.apiDirectory) http.addRoutes(defaults.apiDirectory, { lazy: true, load: (file) => require(file) as unknown });
  const api = join(directory, "src", "api");
  if (existsSync(api)) http.addRoutes(api);
  const middlewares = discoverAppFiles(directory, "api", /^middlewares$/).find((file) => dirname(file) === api);
  if (middlewares) http.useMiddlewares(middlewares);
  http.compile();
}

/** Listens where it is told to; by default on the port that `PORT` names, or 9000. */
export async function listen(http: HttpServer, where: { host?: string; port?: number }): Promise<{ url: string }> {
  const { host, port } = await http.listen({ ...where, port: where.port ?? defaultPort() });
  return { url: `http://${where.host ?? (host.includes(":") ? "localhost" : host)}:${port}` };
}

function defaultPort(): number {
  const { PORT } = process.env;
  if (PORT === undefined || PORT === "") return 9000;
  const port = Number(PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw appErrors.badPort(PORT);
  return port;
}
