import { defineErrors } from "@velella/kernel";

const megabytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MB`;

/** What cannot be kept in the journal, or not be read from it. */
export const storeErrors = defineErrors("journal", {
  payloadTooLarge: {
    type: "invalid_data",
    message: (what: string, bytes: number, limit: number) =>
      `${what} has ${megabytes(bytes)} of JSON; the journal takes at most ${megabytes(limit)} for one value.`,
    hint: () => `Store it elsewhere and pass its id, or raise the engine's "maxPayloadBytes".`,
  },
  noKey: {
    type: "invalid_argument",
    message: () => `A step declares secret parts, and the workflow engine has no secret to encrypt them with.`,
    hint: () => `Give createWorkflowEngine the option "secret"; in an app it is derived from projectConfig.http.cookieSecret.`,
  },
  cannotUnseal: {
    type: "unexpected_state",
    message: (keys: number) =>
      `Secret parts of the run cannot be read: they were encrypted with a secret that is none of the ${keys} that the workflow engine has.`,
    hint: () => `Add the former secret after the present one: secret: [present, former].`,
  },
});
