import type { Container } from "@velella/kernel";
import type { ConfigDefaults } from "../config/resolve-config";
import type { SectionPolicy } from "../http/sections";
import type { GraphModule } from "../query/graph";

/** How the models of one module appear in `query.graph`. */
export type GraphNaming = Pick<GraphModule, "aliases" | "joins">;

/** What the layer above gives every app: its modules, and what connects them. */
export interface AppDefaults extends ConfigDefaults {
  /** Loads the files that define links between the default modules. */
  loadLinks?(): void;
  /** Loads the files that define workflows, for apps that look one up by name. */
  loadWorkflows?(): void;
  /** Folder of the compiled route files. */
  apiDirectory?: string;
  /** CORS and authentication by path. */
  sections?: readonly SectionPolicy[];
  /** Entity names, forwarded fields and computed fields of `query.graph`, by key of the module. */
  graph?: Readonly<Record<string, GraphNaming>>;
  /** Registers what default routes and middlewares need, once the modules are there. */
  register?(container: Container): void;
  /** Puts in the rows that every database has; run after migrations, any number of times. */
  seed?(container: Container): Promise<void>;
}
