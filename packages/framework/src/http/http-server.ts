import type { Express } from "express";
import type { Container, Logger } from "@velella/kernel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createMessageClasses } from "./messages/message-classes";
import type { MessageClasses } from "./messages/message-classes";
import { errorHandler } from "./middlewares/error-handler";
import { answerNotFound } from "./middlewares/not-found";
import { mountSubApps } from "./middlewares/mount-sub-apps";
import { readMiddlewares } from "./middlewares/read-middlewares";
import type { MiddlewareSet } from "./middlewares/read-middlewares";
import { logRequest } from "./request-log";
import { compileUnroutedChain } from "./routing/compile-chain";
import type { ChainSources } from "./routing/compile-chain";
import { LoadedRoute } from "./routing/loaded-route";
import type { LoadFile, RouteDefinition } from "./routing/loaded-route";
import { findRouteFiles } from "./routing/route-file";
import { RouteTable } from "./routing/route-table";
import { runChain } from "./routing/run-chain";
import type { SectionPolicy } from "./sections";
import { ServerListener } from "./server-listener";
import { createSessionHost } from "./session/open-session";
import type { CookieOptions, SessionOptions } from "./session/session";
import type { SessionStore } from "./session/session-store";
import type { AppRequest, AppResponse, ErrorHandler, HttpConfig, MiddlewaresConfig, RouteMethod } from "./types";

/** What a server is made from. */
export interface HttpServerOptions {
  /** The app's container: `req.scope` is a child of it, verifiers are resolved from it. */
  container: Container;
  /** Told of each request, at the level `http`, and of errors of which clients are told less. */
  logger: Logger;
  /** The app's `projectConfig`. */
  config: { http?: HttpConfig; sessionOptions?: SessionOptions; cookieOptions?: CookieOptions };
  /** What holds below which prefix; nothing by default. */
  sections?: readonly SectionPolicy[];
  /** Where sessions are kept; in the process by default. */
  sessionStore?: SessionStore;
  /** Loads a source file; `require` by default. */
  load?: LoadFile;
}

/** One route as `velella routes` shows it. */
export interface RouteDescription {
  method: RouteMethod;
  path: string;
  file: string;
  /** Names of what runs, in order; a "?" marks what is tested per request. */
  layers: string[];
}

interface RouteSource {
  directory?: string;
  lazy: boolean;
  load: LoadFile;
  routes: LoadedRoute[];
}

interface MiddlewareSource {
  file?: string;
  set: MiddlewareSet;
}

interface Compiled {
  table: RouteTable;
  sources: ChainSources;
  errorHandler: ErrorHandler | undefined;
}

/**
 * Serves routes and middlewares over HTTP. Handler chains are computed once, by {@link HttpServer.compile};
 * requests see Express's own request and response objects.
 *
 * @example
 * const server = new HttpServer({ container, logger, config: { http } });
 * server.addRoutes("src/api").useMiddlewares("src/api/middlewares.ts");
 * await server.listen({ port: 9000 });
 */
export class HttpServer {
  /** The Express app that requests and responses belong to (`req.app`): settings and locals live there. */
  readonly app: Express;
  private readonly classes: MessageClasses;
  private readonly listener: ServerListener;
  private readonly load: LoadFile;
  private routeSources: RouteSource[] = [];
  private middlewareSources: MiddlewareSource[] = [];
  private compiled: Compiled | undefined;
  private readonly answerError = errorHandler();

  constructor(private readonly options: HttpServerOptions) {
    const { config, container, logger } = options;
    const http = config.http ?? {};
    const sessions = createSessionHost((error) => logger.error("A session could not be stored", error), {
      ...(http.cookieSecret === undefined ? {} : { secret: http.cookieSecret }),
      ...config.sessionOptions,
      ...(config.cookieOptions ? { cookie: config.cookieOptions } : {}),
      ...(options.sessionStore ? { store: options.sessionStore } : {}),
    });
    this.classes = createMessageClasses({ container, logger, http, sessions });
    this.app = this.classes.app;
    this.load = options.load ?? ((file) => require(file) as unknown);
    this.listener = new ServerListener(this.classes, this.handle);
  }

  /**
   * Adds routes: all route files below a directory, or routes given as objects. Where two sources answer the same
   * method of the same path, the one added later does.
   *
   * @param settings `lazy` reads each file with its first request instead of at boot.
   */
  addRoutes(source: string | readonly RouteDefinition[], settings: { lazy?: boolean; load?: LoadFile } = {}): this {
    const lazy = settings.lazy ?? false;
    const load = settings.load ?? this.load;
    const routes =
      typeof source === "string"
        ? findRouteFiles(source).map((route) => new LoadedRoute(route, load, lazy))
        : source.map(({ path, exports, file = "(given as an object)" }) => new LoadedRoute({ path, file }, () => exports, lazy));
    this.routeSources.push({ ...(typeof source === "string" ? { directory: source } : {}), lazy, load, routes });
    this.compiled = undefined;
    return this;
  }

  /** Adds middlewares: the path of a `middlewares.ts`, or what `defineMiddlewares` gave. They run in the order of adding. */
  useMiddlewares(source: string | MiddlewaresConfig): this {
    const added =
      typeof source === "string"
        ? { file: source, set: this.readMiddlewareFile(source) }
        : { set: mountSubApps(readMiddlewares("the app", source), this.app) };
    this.middlewareSources.push(added);
    this.compiled = undefined;
    return this;
  }

  /** Computes the chains of all routes. Throws what is wrong with them, and then keeps serving the earlier ones. */
  compile(): this {
    this.compiled = this.compileFrom(this.routeSources, this.middlewareSources);
    return this;
  }

  /**
   * Takes over changed, new and removed route and middleware files, all at once or, when one of them is wrong, not at all.
   *
   * @param files Absolute paths of the files to read again; their modules must have left the module cache already.
   */
  reload(files: Iterable<string>): void {
    const changed = new Set(files);
    const routeSources = this.routeSources.map((source) => {
      if (!source.directory) return source;
      const known = new Map(source.routes.map((route) => [route.file, route]));
      const routes = findRouteFiles(source.directory).map((route) => {
        const before = known.get(route.file);
        if (!before) return new LoadedRoute(route, source.load, source.lazy);
        return changed.has(route.file) ? before.fresh() : before;
      });
      return { ...source, routes };
    });
    const middlewareSources = this.middlewareSources.map((source) =>
      source.file && changed.has(source.file) ? { file: source.file, set: this.readMiddlewareFile(source.file) } : source,
    );
    this.compiled = this.compileFrom(routeSources, middlewareSources);
    this.routeSources = routeSources;
    this.middlewareSources = middlewareSources;
  }

  /** All routes by path, with what runs for them; loads those that are lazy. */
  routes(): RouteDescription[] {
    const listed = [...this.current().table.list()].sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
    return listed.map(({ path, method, file, chain }) => ({
      method,
      path,
      file,
      layers: chain.layers.map((layer) => (layer.tested ? `${layer.name}?` : layer.name)),
    }));
  }

  /** Answers a request: what a `node:http` server calls. */
  readonly handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const req = incoming as unknown as AppRequest;
    const res = outgoing as unknown as AppResponse;
    // Messages of another server, such as one that tests or a proxy made, become ours.
    if (!(incoming instanceof this.classes.IncomingMessage)) Object.setPrototypeOf(req, this.classes.IncomingMessage.prototype);
    if (!(outgoing instanceof this.classes.ServerResponse)) Object.setPrototypeOf(res, this.classes.ServerResponse.prototype);
    req.res = res;
    req.originalUrl = req.url;
    req.baseUrl = "";
    if (this.options.logger.shouldLog("http")) logRequest(this.options.logger, req, res);
    try {
      this.dispatch(req, res);
    } catch (error) {
      this.fail(error, req, res);
    }
  };

  /**
   * Starts to listen. Throws `http.port_taken` when another process has the port.
   *
   * @param where `port` 0 takes a free one; without `host` all addresses are served.
   */
  async listen(where: { port: number; host?: string }): Promise<{ port: number; host: string }> {
    this.current();
    return this.listener.listen(where);
  }

  /**
   * Stops accepting requests, lets running ones finish, and drops idle connections.
   *
   * @param graceMs After this time running requests are cut off; 10 seconds by default.
   */
  close(graceMs = 10_000): Promise<void> {
    return this.listener.close(graceMs);
  }

  private dispatch(req: AppRequest, res: AppResponse): void {
    const { table, sources } = this.current();
    const question = req.url.indexOf("?");
    const path = question < 0 ? req.url : req.url.slice(0, question);
    const method = req.method as RouteMethod;
    if (path === "/health" && (method === "GET" || method === "HEAD")) {
      res.setHeader("Content-Type", "text/plain; charset=utf-8");
      return void res.end("OK");
    }
    const found = table.find(method, path);
    if (found) {
      req.params = found.params;
      req.route = found.chain.route;
      return runChain(found.chain, req, res, path, found.canonicalPath, this.finish);
    }
    req.params = {};
    runChain(compileUnroutedChain(path, method, sources), req, res, path, path, this.finish);
  }

  private readonly finish = (failed: boolean, error: unknown, req: AppRequest, res: AppResponse): void => {
    if (failed) this.fail(error, req, res);
    else answerNotFound(req, res);
  };

  /** The app's error handler first; what it throws or hands on goes to the default one. */
  private fail(error: unknown, req: AppRequest, res: AppResponse): void {
    const otherwise = (next?: unknown) => void this.answerError(next ?? error, req, res, () => undefined);
    const custom = this.compiled?.errorHandler;
    if (!custom) return otherwise();
    try {
      const result = custom(error, req, res, otherwise);
      if (result instanceof Promise) void result.then(undefined, otherwise);
    } catch (thrown) {
      otherwise(thrown);
    }
  }

  private current(): Compiled {
    return (this.compiled ??= this.compileFrom(this.routeSources, this.middlewareSources));
  }

  private compileFrom(routeSources: readonly RouteSource[], middlewareSources: readonly MiddlewareSource[]): Compiled {
    const sets = middlewareSources.map((source) => source.set);
    const sources: ChainSources = {
      http: this.options.config.http ?? {},
      sections: this.options.sections ?? [],
      entries: sets.flatMap((set) => set.entries),
    };
    const table = new RouteTable(
      routeSources.flatMap((source) => source.routes),
      sources,
    );
    return { table, sources, errorHandler: sets.findLast((set) => set.errorHandler)?.errorHandler };
  }

  private readMiddlewareFile(file: string): MiddlewareSet {
    const exported = this.load(file) as { default?: MiddlewaresConfig } | MiddlewaresConfig;
    const config = ("default" in exported && exported.default ? exported.default : exported) as MiddlewaresConfig;
    return mountSubApps(readMiddlewares(file, config), this.app);
  }
}
