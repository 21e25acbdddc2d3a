import { defineErrors } from "@velella/kernel";

/** What the flows of customers refuse. */
export const customerFlowErrors = defineErrors("customer_flow", {
  emailRequired: {
    type: "invalid_data",
    message: () => "Email is required to create a customer",
  },
  accountExists: {
    type: "duplicate_error",
    message: () => "Customer with this email already has an account",
    hint: () => "Log in with the e-mail address, or use another one.",
  },
});
