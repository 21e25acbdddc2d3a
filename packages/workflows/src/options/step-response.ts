/** How a step says that trying again is of no use. */
export class PermanentStepFailure extends Error {
  override readonly name = "PermanentStepFailure";

  constructor(
    message: string | undefined,
    /** Given to the compensation of the failing step. */
    readonly compensateInput?: unknown,
  ) {
    super(message ?? "Permanent failure");
  }
}

const responseType = "velella.step-response";
const skipType = "velella.step-skipped";

/** What a step that had nothing to do returns; see {@link StepResponse.skip}. */
export class SkipStepResponse {
  get __type(): string {
    return skipType;
  }
}

/**
 * What a step returns: its output, and what its compensation needs to undo it, by default the output.
 *
 * @example
 * return new StepResponse(product, product.id);
 */
export class StepResponse<TOutput, TCompensateInput = TOutput> {
  readonly #output?: TOutput;
  readonly #compensateInput?: TCompensateInput;

  constructor(output?: TOutput, compensateInput?: TCompensateInput) {
    this.#output = output;
    this.#compensateInput = compensateInput === undefined ? (output as TCompensateInput | undefined) : compensateInput;
  }

  /**
   * Fails the step for good: no more attempts.
   *
   * @param compensateInput What the step's own compensation gets.
   */
  static permanentFailure(message?: string, compensateInput?: unknown): never {
    throw new PermanentStepFailure(message, compensateInput);
  }

  /** The answer of a step that had nothing to do: its output is undefined, and nothing is undone later. */
  static skip(): SkipStepResponse {
    return new SkipStepResponse();
  }

  get __type(): string {
    return responseType;
  }

  get output(): TOutput {
    return this.#output as TOutput;
  }

  get compensateInput(): TCompensateInput {
    return this.#compensateInput as TCompensateInput;
  }

  toJSON(): { __type: string; output: TOutput; compensateInput: TCompensateInput | undefined } {
    return { __type: this.__type, output: this.output, compensateInput: this.compensateInput };
  }
}

/** Recognised by structure, since an app may have two copies of this package. */
export function isStepResponse(value: unknown): value is StepResponse<unknown, unknown> {
  return typeOf(value) === responseType;
}

/** Whether a step answered that it had nothing to do (`StepResponse.skip()`); recognised as {@link isStepResponse} does. */
export function isSkipResponse(value: unknown): value is SkipStepResponse {
  return typeOf(value) === skipType;
}

const typeOf = (value: unknown) => (typeof value === "object" && value !== null ? (value as { __type?: unknown }).__type : undefined);
