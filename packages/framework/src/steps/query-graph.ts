import { createStep, StepResponse } from "@velella/workflows";
import type { StepFunction, StepReturn } from "@velella/workflows";
import { queryErrors } from "../query/errors";
import type { GraphRowOf } from "../query/graph-types";
import type { GraphConfig, GraphOptions, GraphResult } from "../query/query";

/** The argument of `query.graph`, and its options; `isList: false` turns `data` into one record. */
export type QueryGraphStepInput<
  Name extends string = string,
  Field extends string = string,
  IsList extends boolean = boolean,
> = GraphConfig<Name, Field> & { options?: GraphOptions & { isList?: IsList } };

/** A step that reads, typed by the entity and the fields it is given. */
export interface QueryGraphStep extends Pick<StepFunction<QueryGraphStepInput, GraphResult>, "__step__" | "definition"> {
  <const Name extends string, const Field extends string, const IsList extends boolean = true>(
    input: QueryGraphStepInput<Name, Field, IsList>,
  ): StepReturn<{
    data: IsList extends false ? GraphRowOf<Name, Field> : GraphRowOf<Name, Field>[];
    metadata?: GraphResult["metadata"];
  }>;
}

/**
 * Reads through `query.graph` inside a workflow. Used twice in one workflow, give each a name of its own with
 * `.config({ name })`.
 */
export const useQueryGraphStep: QueryGraphStep = createStep(
  { name: "use-query-graph-step", pure: true },
  async (input: QueryGraphStepInput, { container }) => {
    const { options: { isList = true, ...options } = {}, ...config } = input;
    const result: GraphResult = await container.resolve("query").graph(config, options);
    return new StepResponse(isList ? result : { ...result, data: result.data[0] });
  },
);

/** What {@link useRemoteQueryStep} takes; `list: false` gives the first row, or undefined. */
export interface RemoteQueryStepInput {
  /** As `entity` of `query.graph`. */
  entry_point: string;
  /** As `fields` of `query.graph`. */
  fields: string[];
  /** As `variables` of `remoteQuery`. */
  variables?: Record<string, unknown>;
  /** Whether the rows are the result, rather than the first of them. Default: true. */
  list?: boolean;
  /** An error when a primary key in the filters has no row. Default: false. */
  throw_if_key_not_found?: boolean;
}

/**
 * The older form of {@link useQueryGraphStep}: returns the rows themselves, or `{ rows, metadata }` when `variables` has `take`
 * or `skip`.
 *
 * @throws `query.no_entry_point`
 */
export const useRemoteQueryStep = createStep(
  { name: "use-remote-query", pure: true },
  async (input: RemoteQueryStepInput, { container }) => {
    if (typeof input.entry_point !== "string") throw queryErrors.noEntryPoint(JSON.stringify(input));
    const remoteQuery = container.resolve("remoteQuery");
    const found = await remoteQuery(
      { entryPoint: input.entry_point, fields: input.fields, variables: input.variables },
      { throwIfKeyNotFound: input.throw_if_key_not_found },
    );
    if (input.list !== false) return new StepResponse(found);
    return new StepResponse((Array.isArray(found) ? found : found.rows)[0]);
  },
);
