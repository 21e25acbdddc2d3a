import { loadProviders } from "@velella/framework";
import type { LoaderOptions, ProviderConfig } from "@velella/framework";
import { asValue } from "@velella/kernel";
import { providerResolver } from "../provider-resolver";

const emailpass = () => require("./providers") as unknown;

/** Names under which configs know the providers that come with the module. */
const builtIn = {
  "@velella/commerce/auth-emailpass": emailpass,
  "@medusajs/medusa/auth-emailpass": emailpass,
  "@medusajs/auth-emailpass": emailpass,
};

/** Makes the providers that the module's options name, and registers them as `authProviders`. */
export async function loadAuthProviders({ container, options }: LoaderOptions<{ providers?: ProviderConfig[] }>): Promise<void> {
  const providers = await loadProviders("auth", options?.providers ?? [], container, providerResolver(container, builtIn));
  container.register({ authProviders: asValue(providers) });
}
