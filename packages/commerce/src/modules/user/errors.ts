import { defineErrors } from "@velella/kernel";

/** What the user module refuses. */
export const userErrors = defineErrors("user", {
  usersExist: {
    type: "invalid_data",
    message: (emails: readonly string[]) => `User account for following email(s) already exist: ${emails.join(", ")}`,
  },
  invalidInvite: {
    type: "unauthorized",
    message: () => "The invite is unknown, has been used, or has expired",
    hint: () => "Ask for a new one: POST /admin/invites/:id/resend.",
  },
});
