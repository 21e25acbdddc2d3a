import { inspect } from "node:util";
import { defineErrors } from "@velella/kernel";

/** What keeps a test from going on. */
export const testingErrors = defineErrors("testing", {
  notCome: {
    type: "unexpected_state",
    message: (seconds: number, last: unknown) => `What was waited for has not come in ${seconds} s; the last answer was ${inspect(last)}`,
  },
  noRedis: {
    type: "unexpected_state",
    message: () => "Redis does not run on this machine.",
    hint: () => "Ask hasRedis() first.",
  },
});
