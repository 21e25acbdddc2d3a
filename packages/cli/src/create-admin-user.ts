import { createUserAccountWorkflow } from "@velella/commerce/flows";
import type { Container } from "@velella/kernel";
import { cliErrors } from "./errors";

interface AuthService {
  register(
    provider: string,
    data: { body: Record<string, string> },
  ): Promise<{ success: boolean; authIdentity?: { id: string }; error?: string }>;
}

/**
 * Creates a user with a login by e-mail address and password. When the user cannot be made, the login leads nowhere, and
 * the same command may be tried again.
 */
export async function createAdminUser(
  container: Container,
  { email, password, id }: { email: string; password: string; id?: string },
): Promise<{ id: string; email: string }> {
  if (!/^\S+@\S+$/.test(email)) throw cliErrors.invalidEmail(email);
  const auth = container.resolve<AuthService | undefined>("auth", { allowUnregistered: true });
  if (!auth) throw cliErrors.missingModule("Creating a user", "auth");
  const { success, authIdentity, error } = await auth.register("emailpass", { body: { email, password } });
  if (!success || !authIdentity) throw cliErrors.registrationRefused(email, error ?? "no identity was made");
  const userData = id === undefined ? { email } : { id, email };
  const { result } = await createUserAccountWorkflow(container).run({ input: { authIdentityId: authIdentity.id, userData } });
  return { id: result.id, email };
}
