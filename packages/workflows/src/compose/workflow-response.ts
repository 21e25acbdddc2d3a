import { composeErrors } from "../errors/workflow-errors";
import { shown } from "../shown";
import type { Unwrapped } from "./workflow-data";

const responseType = "velella.workflow-response";

/** What a composer returns; made by `new WorkflowResponse(result, { hooks })`. */
export interface WorkflowResponse<TResult, THooks extends readonly unknown[] = []> {
  readonly $result: TResult;
  readonly options?: { hooks: THooks };
  readonly __type: string;
}

class Response {
  readonly __type = responseType;

  constructor(
    readonly $result: unknown,
    readonly options?: { hooks: readonly unknown[] },
  ) {
    const hooks: unknown = options?.hooks;
    if (hooks === undefined) return;
    if (!Array.isArray(hooks)) throw composeErrors.noHook(`"hooks"`, shown(hooks));
    for (const [index, hook] of hooks.entries()) {
      if (!isHook(hook)) throw composeErrors.noHook(`hooks[${index}]`, shown(hook));
    }
  }
}

const isHook = (value: unknown): boolean => typeof (value as { getResult?: unknown } | null | undefined)?.getResult === "function";

/**
 * Names the result of a workflow, a reference or an object of them, and the hooks that others may handle.
 *
 * @example
 * return new WorkflowResponse({ product, brand }, { hooks: [productCreated] });
 */
export const WorkflowResponse = Response as unknown as {
  new <TResult, const THooks extends readonly unknown[] = []>(
    result?: TResult,
    options?: { hooks: THooks },
  ): WorkflowResponse<Unwrapped<TResult>, THooks>;
};

/** Recognised by structure, since an app may have two copies of this package. */
export function isWorkflowResponse(value: unknown): value is WorkflowResponse<unknown, readonly unknown[]> {
  return typeof value === "object" && value !== null && "__type" in value && value.__type === responseType;
}
