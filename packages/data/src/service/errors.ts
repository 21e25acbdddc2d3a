import { defineErrors } from "@velella/kernel";

/** Errors in the use of services and of their decorators. */
export const serviceErrors = defineErrors("service", {
  noRepository: {
    type: "unexpected_state",
    message: (service: string) => `${service} has no "baseRepository", so it cannot reach the database.`,
    hint: () => "Construct it with the module's container: in its own constructor, call super(...arguments).",
  },
  noContextParameter: {
    type: "invalid_argument",
    message: (decorator: string, method: string) =>
      `@${decorator} stands on ${method}(), none of whose parameters is marked as the shared context.`,
    hint: () => "Mark the last parameter: @MedusaContext() sharedContext: Context = {}.",
  },
  elsewhere: {
    type: "unexpected_state",
    message: () => "A service that writes to another database was given a transaction that has to carry everything.",
    hint: () => "Leave the transaction out of the context that the service is given, or write in a step of its own.",
  },
  noTransaction: {
    type: "invalid_argument",
    message: (received: string) =>
      `The shared context's "transactionManager" is no manager of a transaction of this app: ${received} came.`,
    hint: () =>
      "Pass on the sharedContext of @InjectTransactionManager(), or the manager that baseRepository_.transaction() gives. To run outside of any transaction, leave it out.",
  },
  notAModel: {
    type: "invalid_argument",
    message: (name: string, received: string) =>
      `ModuleService was given ${received} as "${name}", where a model made by model.define() was expected.`,
    hint: () => "If the files import each other, the model may not be loaded yet: import it from its own file.",
  },
});
