import { defineErrors } from "@velella/kernel";

/** What keeps a test from going on. */
export const testingErrors = defineErrors("testing", {
  notBuilt: {
    type: "unexpected_state",
    message: (output: string) => `The data package could not be built:\n${output}`,
  },
});
