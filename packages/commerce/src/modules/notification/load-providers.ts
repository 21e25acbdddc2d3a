import { loadProviders } from "@velella/framework";
import type { LoaderOptions, ProviderConfig } from "@velella/framework";
import { asValue } from "@velella/kernel";
import { providerResolver } from "../provider-resolver";

const local = () => require("./providers") as unknown;

/** Names under which configs know the provider that comes with the module. */
const builtIn = {
  "@velella/commerce/notification-local": local,
  "@medusajs/medusa/notification-local": local,
  "@medusajs/notification-local": local,
};

/** Makes the providers that the module's options name, and registers them as `notificationProviders`. */
export async function loadNotificationProviders({ container, options }: LoaderOptions<{ providers?: ProviderConfig[] }>): Promise<void> {
  const providers = await loadProviders("notification", options?.providers ?? [], container, providerResolver(container, builtIn));
  container.register({ notificationProviders: asValue(providers) });
}
