declare const data: unique symbol;

/** Marks a type as the reference to a value that is known when the workflow runs. */
export interface WorkflowDataProperties<T = unknown> {
  readonly [data]?: [T];
}

/**
 * A value of a later run, as a composer sees it: usable wherever the value itself is expected, as input of a step or
 * property of another value; computed with only inside `transform` and `when`.
 */
export type WorkflowData<T = unknown> = [NonNullable<T>] extends [never] ? WorkflowDataProperties<T> : T & WorkflowDataProperties<T>;

type IsAny<T> = 0 extends 1 & T ? true : false;

/** The type that a composed value has at run time: references replaced by what they stand for. */
export type Unwrapped<T> =
  IsAny<T> extends true
    ? T
    : T extends { readonly [data]?: [infer U] }
      ? typeof data extends keyof T
        ? U
        : UnwrappedObject<T>
      : UnwrappedObject<T>;

type UnwrappedObject<T> = T extends readonly [unknown, ...unknown[]]
  ? { [K in keyof T]: UnwrappedProperty<T[K]> }
  : T extends readonly (infer Item)[]
    ? UnwrappedProperty<Item>[]
    : T extends ((...args: never[]) => unknown) | Date | string | number | boolean | bigint | symbol | null | undefined
      ? T
      : T extends object
        ? { [K in keyof T]: UnwrappedProperty<T[K]> }
        : T;

// Two levels: what lies deeper is assignable to its own type as it is.
type UnwrappedProperty<T> =
  IsAny<T> extends true
    ? T
    : T extends { readonly [data]?: [infer U] }
      ? typeof data extends keyof T
        ? U
        : UnwrappedLeaves<T>
      : UnwrappedLeaves<T>;

type UnwrappedLeaves<T> = T extends ((...args: never[]) => unknown) | Date | readonly unknown[]
  ? T
  : T extends object
    ? typeof data extends keyof T[keyof T]
      ? { [K in keyof T]: T[K] extends { readonly [data]?: [infer U] } ? U : T[K] }
      : T
    : T;
