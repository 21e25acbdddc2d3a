import { HttpRegistrationKeys } from "@velella/framework/http";
import type { ApiKeyVerifier, PublishableKeyVerifier } from "@velella/framework/http";
import { asValue } from "@velella/kernel";
import type { Container } from "@velella/kernel";

/** Registers how requests with API keys are checked. */
export function registerKeyVerifiers(container: Container): void {
  const secret: ApiKeyVerifier = {
    async verifySecretKey(token) {
      const key = await container.resolve("api_key").authenticate(token);
      return key ? { id: key.id, created_by: key.created_by } : null;
    },
  };
  const publishable: PublishableKeyVerifier = {
    async verifyPublishableKey(token) {
      const key = await container.resolve("api_key").authenticatePublishable(token);
      if (!key) return null;
      const { data } = await container.resolve("query").graph({
        entity: "publishable_api_key_sales_channel",
        fields: ["sales_channel_id"],
        filters: { publishable_key_id: key.id },
      });
      return { key: token, sales_channel_ids: (data as { sales_channel_id: string }[]).map(({ sales_channel_id }) => sales_channel_id) };
    },
  };
  container.register({
    [HttpRegistrationKeys.API_KEY_VERIFIER]: asValue(secret),
    [HttpRegistrationKeys.PUBLISHABLE_KEY_VERIFIER]: asValue(publishable),
  });
}
