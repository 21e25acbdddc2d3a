import { authErrors } from "./errors";
import type { AuthenticationInput, AuthenticationResponse, AuthIdentityProviderService } from "./types";

/**
 * Base class of auth providers. A provider has a static `identifier`, and authenticates requests to
 * `/auth/<actor>/<id of the provider>`.
 */
export abstract class AbstractAuthModuleProvider {
  static identifier: string;
  static DISPLAY_NAME: string;

  /** Refuses options by throwing. */
  static validateOptions(_options: Record<string, unknown>): void {}

  protected readonly container_: Record<string, unknown>;

  constructor(container: Record<string, unknown> = {}, _options?: unknown) {
    this.container_ = container;
  }

  private get class(): typeof AbstractAuthModuleProvider {
    return this.constructor as typeof AbstractAuthModuleProvider;
  }

  get provider(): string {
    return this.class.identifier;
  }

  get identifier(): string {
    return this.class.identifier;
  }

  get displayName(): string {
    return this.class.DISPLAY_NAME;
  }

  /** Proves who sends a request; a refusal is an answer, and no error. */
  abstract authenticate(data: AuthenticationInput, identities: AuthIdentityProviderService): Promise<AuthenticationResponse>;

  /**
   * Makes an identity.
   *
   * @throws not_allowed unless the provider overrides it
   */
  register(_data: AuthenticationInput, _identities: AuthIdentityProviderService): Promise<AuthenticationResponse> {
    return Promise.reject(authErrors.notSupported(this.provider, "register"));
  }

  /**
   * Changes what an identity proves itself with; the caller has made sure that it may.
   *
   * @throws not_allowed unless the provider overrides it
   */
  update(_data: Record<string, unknown>, _identities: AuthIdentityProviderService): Promise<AuthenticationResponse> {
    return Promise.reject(authErrors.notSupported(this.provider, "update"));
  }

  /**
   * The second half of a login at a third party.
   *
   * @throws not_allowed unless the provider overrides it
   */
  validateCallback(_data: AuthenticationInput, _identities: AuthIdentityProviderService): Promise<AuthenticationResponse> {
    return Promise.reject(authErrors.notSupported(this.provider, "validateCallback"));
  }
}
