import type { Container } from "@velella/kernel";
import { cliErrors } from "./errors";

interface UserService {
  createUsers(data: { id?: string; email: string }): Promise<{ id: string; email: string }>;
  deleteUsers(ids: string[]): Promise<void>;
}

interface AuthService {
  register(
    provider: string,
    data: { body: Record<string, string> },
  ): Promise<{ success: boolean; authIdentity?: { id: string }; error?: string }>;
  updateAuthIdentities(data: { id: string; app_metadata: Record<string, unknown> }): Promise<unknown>;
}

/** Creates a user with a login by e-mail address and password; without the login there is no user either. */
export async function createAdminUser(
  container: Container,
  options: { email: string; password: string; id?: string },
): Promise<{ id: string; email: string }> {
  const { email, password, id } = options;
  if (!/^\S+@\S+$/.test(email)) throw cliErrors.invalidEmail(email);
  const users = serviceOf<UserService>(container, "user");
  const auth = serviceOf<AuthService>(container, "auth");
  const user = await users.createUsers(id === undefined ? { email } : { id, email });
  try {
    const { success, authIdentity, error } = await auth.register("emailpass", { body: { email, password } });
    if (!success || !authIdentity) throw cliErrors.registrationRefused(email, error ?? "no identity was made");
    await auth.updateAuthIdentities({ id: authIdentity.id, app_metadata: { user_id: user.id } });
  } catch (error) {
    await users.deleteUsers([user.id]);
    throw error;
  }
  return { id: user.id, email };
}

function serviceOf<T>(container: Container, module: string): T {
  const service = container.resolve<T | undefined>(module, { allowUnregistered: true });
  if (service === undefined) throw cliErrors.missingModule("Creating a user", module);
  return service;
}
