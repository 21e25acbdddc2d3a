import type { SharedContext } from "@velella/kernel";
import { GraphQuery } from "./query";
import type { GraphOptions, QueryOptions } from "./query";
import { configOf } from "./remote-query";
import type { RemoteQueryInput } from "./remote-query";

/**
 * The older form of `query.graph`: returns the rows themselves, or `{ rows, metadata }` when `variables` has `take` or `skip`.
 *
 * @example
 * await remoteQuery({ entryPoint: "product", fields: ["id", "title"], variables: { filters: { id } } })
 */
// oxlint-disable-next-line typescript/no-explicit-any -- what it returns depends on whether a page was asked for
export type RemoteQuery = (input: RemoteQueryInput, options?: GraphOptions, sharedContext?: SharedContext) => Promise<any>;

/** `query` in the container: `query.graph(…)`, `query.index(…)`, `query.explain(…)`, `query.stream(…)`, and itself a {@link RemoteQuery}. */
export type Query = RemoteQuery & Pick<GraphQuery, "graph" | "index" | "explain" | "stream">;

/** Makes the `query` of an app, to be registered as `query` and as `remoteQuery`. */
export function createQuery(options: QueryOptions): Query {
  const query = new GraphQuery(options);
  const remoteQuery: RemoteQuery = async (input, graphOptions, sharedContext) => {
    const { data, metadata } = await query.graph(configOf(input), graphOptions, sharedContext);
    return metadata ? { rows: data, metadata } : data;
  };
  return Object.assign(remoteQuery, {
    graph: query.graph.bind(query),
    index: query.index.bind(query),
    explain: query.explain.bind(query),
    stream: query.stream.bind(query),
  });
}
