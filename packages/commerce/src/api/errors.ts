import { defineErrors } from "@velella/kernel";

/** What the routes of the commerce API refuse. */
export const apiErrors = defineErrors("api", {
  notFound: {
    type: "not_found",
    message: (message: string) => message,
  },
  unauthorized: {
    type: "unauthorized",
    message: (message: string) => message,
  },
  providerNotAllowed: {
    type: "not_allowed",
    message: (actor: string, provider: string) => `The actor type ${actor} is not allowed to use the auth provider ${provider}`,
    hint: (actor, provider) => `Add "${provider}" to projectConfig.http.authMethodsPerActor.${actor} in the config.`,
  },
  foreignSalesChannel: {
    type: "invalid_data",
    message: () => "Requested sales channel is not part of the publishable key",
  },
  keyWithoutSalesChannel: {
    type: "invalid_data",
    message: () => "Publishable key needs to have a sales channel configured",
    hint: () => "Link the key with a sales channel: POST /admin/api-keys/:id/sales-channels.",
  },
  pricingContextMissing: {
    type: "invalid_data",
    message: () => "Missing required pricing context to calculate prices - region_id",
    hint: () => "Add region_id to the query string.",
  },
  unknownRegion: {
    type: "invalid_data",
    message: (id: string) => `Region with id ${id} not found when populating the pricing context`,
  },
});
