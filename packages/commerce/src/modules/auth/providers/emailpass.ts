import { AppError } from "@velella/kernel";
import { hashPassword, verifyPassword } from "../password";
import { AbstractAuthModuleProvider } from "../provider";
import type { AuthenticationInput, AuthenticationResponse, AuthIdentityProviderService, AuthIdentityRecord } from "../types";

/** E-mail address and password. */
export class EmailPassAuthProvider extends AbstractAuthModuleProvider {
  static override identifier = "emailpass";
  static override DISPLAY_NAME = "Email/Password Authentication";

  async authenticate({ body }: AuthenticationInput, identities: AuthIdentityProviderService): Promise<AuthenticationResponse> {
    const refused = refusal(body);
    if (refused) return refused;
    const identity = await find(identities, body.email!);
    if (identity && (await verifyPassword(body.password!, hashOf(identity, this.identifier)))) {
      return { success: true, authIdentity: withoutPassword(identity) };
    }
    // The same time and answer whether or not there is such an identity.
    if (!identity) await verifyPassword(body.password!, await someHash());
    return { success: false, error: "Invalid email or password" };
  }

  override async register({ body }: AuthenticationInput, identities: AuthIdentityProviderService): Promise<AuthenticationResponse> {
    const refused = refusal(body);
    if (refused) return refused;
    const existing = await find(identities, body.email!);
    if (existing) {
      // A sign-up that was broken off before it had an actor may be taken up again by whoever knows the password.
      const unfinished = Object.keys(existing.app_metadata ?? {}).length === 0;
      if (unfinished && (await verifyPassword(body.password!, hashOf(existing, this.identifier)))) {
        return { success: true, authIdentity: withoutPassword(existing) };
      }
      return { success: false, error: "Identity with email already exists" };
    }
    const created = await identities.create({
      entity_id: body.email!,
      provider_metadata: { password: await hashPassword(body.password!) },
    });
    return { success: true, authIdentity: withoutPassword(created) };
  }

  /** Sets a new password; the caller has made sure that `entity_id` may. */
  override async update(data: Record<string, unknown>, identities: AuthIdentityProviderService): Promise<AuthenticationResponse> {
    const { password, entity_id: email } = data;
    if (typeof email !== "string" || !email)
      return { success: false, error: "Cannot update emailpass provider identity without entity_id" };
    if (typeof password !== "string" || !password) return { success: false, error: "Password should be a string" };
    const identity = await identities.update(email, { provider_metadata: { password: await hashPassword(password) } });
    return { success: true, authIdentity: withoutPassword(identity) };
  }
}

function refusal({ email, password }: Record<string, unknown>): AuthenticationResponse | undefined {
  if (typeof password !== "string" || !password) return { success: false, error: "Password should be a string" };
  if (typeof email !== "string" || !email) return { success: false, error: "Email should be a string" };
  return undefined;
}

async function find(identities: AuthIdentityProviderService, email: string): Promise<AuthIdentityRecord | undefined> {
  try {
    return await identities.retrieve({ entity_id: email });
  } catch (error) {
    if (AppError.isAppError(error) && error.type === "not_found") return undefined;
    throw error;
  }
}

function hashOf(identity: AuthIdentityRecord, provider: string): string {
  const own = identity.provider_identities?.find((candidate) => candidate.provider === provider);
  const password = own?.provider_metadata?.password;
  return typeof password === "string" ? password : "";
}

let decoy: Promise<string> | undefined;
const someHash = () => (decoy ??= hashPassword("no password at all"));

/** The hash stays within the provider. */
function withoutPassword(identity: AuthIdentityRecord): AuthIdentityRecord {
  const provider_identities = identity.provider_identities?.map(({ provider_metadata, ...rest }) => {
    const { password: _password, ...metadata } = provider_metadata ?? {};
    return { ...rest, provider_metadata: metadata };
  });
  return { ...identity, provider_identities };
}
