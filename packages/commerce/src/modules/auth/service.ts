import { createHash, randomBytes } from "node:crypto";
import { InjectTransactionManager, modelServices, SharedContextParam, specOf } from "@velella/data";
import type { BaseRepository, ModelService } from "@velella/data";
import type { LoadedProvider } from "@velella/framework";
import type { SharedContext } from "@velella/kernel";
import { CommerceService } from "../commerce-service";
import { authErrors } from "./errors";
import { identityServiceFor, memoryStates } from "./identity-service";
import * as models from "./models";
import type { AbstractAuthModuleProvider } from "./provider";
import type { AuthenticationInput, AuthenticationResponse, AuthIdentityProviderService, ProviderIdentityRecord } from "./types";

const resetTokenLife = 15 * 60 * 1000;

/** What the service takes from the container of its module. */
export interface AuthCradle {
  baseRepository: BaseRepository;
  /** Registered by the loader of the module. */
  authProviders?: LoadedProvider<AbstractAuthModuleProvider>[];
}

/** A way to log in, as the list of them says. */
export interface AuthProviderInfo {
  /** What routes name it by: `/auth/<actor type>/<id>`. */
  id: string;
  /** That of the class, which several entries of the config may share. */
  identifier: string;
  /** For people. */
  display_name: string;
  /** `credentials` for `emailpass`, `redirect` for all others: their login answers with a place to go to first. */
  flow: "credentials" | "redirect";
}

/** Who someone is, proved by providers. */
export class AuthModuleService extends CommerceService()(models) {
  private readonly identities: ModelService;
  private readonly providerIdentities: ModelService;
  private readonly resetTokens: ModelService;
  private readonly providers: Map<string, AbstractAuthModuleProvider>;
  private readonly states = memoryStates();

  constructor(cradle: AuthCradle, options: object = {}) {
    super(cradle, options);
    const services = modelServices(
      Object.values(models).map((model) => specOf(model)),
      cradle.baseRepository,
    );
    this.identities = services.authIdentityService!;
    this.providerIdentities = services.providerIdentityService!;
    this.resetTokens = services.authPasswordResetTokenService!;
    this.providers = new Map((cradle.authProviders ?? []).map(({ id, service }) => [id, service]));
  }

  /** Proves an identity. A refusal is an answer, not an error. */
  authenticate(provider: string, data: AuthenticationInput): Promise<AuthenticationResponse> {
    return this.ask(provider, (service, identities) => service.authenticate(data, identities));
  }

  /** Makes an identity. */
  register(provider: string, data: AuthenticationInput): Promise<AuthenticationResponse> {
    return this.ask(provider, (service, identities) => service.register(data, identities));
  }

  /** Changes what an identity proves itself with. */
  updateProvider(provider: string, data: Record<string, unknown>): Promise<AuthenticationResponse> {
    return this.ask(provider, (service, identities) => service.update(data, identities));
  }

  /** The second half of a login at a third party. */
  validateCallback(provider: string, data: AuthenticationInput): Promise<AuthenticationResponse> {
    return this.ask(provider, (service, identities) => service.validateCallback(data, identities));
  }

  /** The ways to log in. */
  async listAuthProviders(filters: { id?: string | string[] } = {}): Promise<AuthProviderInfo[]> {
    const wanted = filters.id === undefined ? undefined : [filters.id].flat();
    return [...this.providers]
      .filter(([id]) => !wanted || wanted.includes(id))
      .map(([id, { identifier, displayName }]) => ({
        id,
        identifier,
        display_name: displayName,
        flow: identifier === "emailpass" ? "credentials" : "redirect",
      }));
  }

  /**
   * A token with which an identity may set a new password, once, for a quarter of an hour.
   *
   * @returns Nothing when the provider has no such identity.
   */
  @InjectTransactionManager()
  async createPasswordResetToken(
    { entity_id, provider }: { entity_id: string; provider: string },
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<{ token: string; expires_at: Date } | undefined> {
    const [identity] = (await this.providerIdentities.list(
      { entity_id, provider },
      { take: 1 },
      sharedContext,
    )) as unknown as ProviderIdentityRecord[];
    if (!identity) return undefined;
    const token = randomBytes(32).toString("hex");
    const expires_at = new Date(Date.now() + resetTokenLife);
    const { id: provider_identity_id, auth_identity_id } = identity;
    await this.resetTokens.create(
      { entity_id, token_hash: hashOf(token), expires_at, provider_identity_id, auth_identity_id },
      sharedContext,
    );
    return { token, expires_at };
  }

  /**
   * Uses up a token for a new password.
   *
   * @returns Whose it was; without `entity_id` when it is unknown, used, past its time or another provider's.
   */
  @InjectTransactionManager()
  async consumePasswordResetToken(
    { token, provider }: { token: string; provider?: string },
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<{ entity_id?: string; auth_identity_id?: string }> {
    const filters = { token_hash: hashOf(token), ...(provider && { provider_identity: { provider } }) };
    const [found] = (await this.resetTokens.list(filters, { take: 1 }, sharedContext)) as unknown as {
      id: string;
      entity_id: string;
      auth_identity_id: string;
      expires_at: Date;
    }[];
    if (!found) return {};
    await this.resetTokens.delete(found.id, sharedContext);
    if (found.expires_at <= new Date()) return {};
    return { entity_id: found.entity_id, auth_identity_id: found.auth_identity_id };
  }

  private ask(
    id: string,
    call: (provider: AbstractAuthModuleProvider, identities: AuthIdentityProviderService) => Promise<AuthenticationResponse>,
  ): Promise<AuthenticationResponse> {
    const provider = this.providers.get(id);
    if (!provider) return Promise.reject(authErrors.unknownProvider(id, [...this.providers.keys()]));
    return call(provider, identityServiceFor(id, this.identities, this.providerIdentities, this.states));
  }
}

const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");
