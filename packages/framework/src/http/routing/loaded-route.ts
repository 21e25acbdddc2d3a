import type { RouteFile } from "./route-file";
import { readRouteModule } from "./route-module";
import type { RouteModule } from "./route-module";

/** Loads a source file and gives what it exports. */
export type LoadFile = (file: string) => unknown;

/** A route given as an object instead of a file. */
export interface RouteDefinition {
  /** Such as `/custom/:id`. */
  path: string;
  /** What a route file would export. */
  exports: Record<string, unknown>;
  /** Where it comes from; shown in messages and by `routes()`. */
  file?: string;
}

/** A route whose exports are read when they are first needed, and checked. */
export class LoadedRoute implements RouteFile {
  readonly path: string;
  readonly file: string;
  private read: RouteModule | undefined;

  /**
   * @param lazy True when the file is to be read with the first request, not at boot.
   */
  constructor(
    route: RouteFile,
    private readonly load: LoadFile,
    readonly lazy: boolean,
  ) {
    this.path = route.path;
    this.file = route.file;
  }

  /** What the route exports. A file that cannot be loaded is tried again with the next call. */
  module(): RouteModule {
    return (this.read ??= readRouteModule(this.file, this.load(this.file)));
  }

  /** The same route, to be read anew. */
  fresh(): LoadedRoute {
    return new LoadedRoute(this, this.load, this.lazy);
  }
}
