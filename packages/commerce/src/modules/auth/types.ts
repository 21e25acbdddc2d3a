/** A request as a provider sees it. */
export interface AuthenticationInput {
  url: string;
  headers: Record<string, string>;
  query: Record<string, string>;
  body: Record<string, string>;
  protocol: string;
}

/** One way in which an identity proves itself, as providers see it. */
export interface ProviderIdentityRecord {
  id: string;
  provider: string;
  entity_id: string;
  auth_identity_id?: string;
  provider_metadata?: Record<string, unknown> | null;
  user_metadata?: Record<string, unknown> | null;
}

/** An identity with its provider identities. */
export interface AuthIdentityRecord {
  id: string;
  app_metadata?: Record<string, unknown> | null;
  provider_identities?: ProviderIdentityRecord[];
}

/** What came of an attempt: an identity, a place to go to first (`location`), or an error. */
export interface AuthenticationResponse {
  success: boolean;
  authIdentity?: AuthIdentityRecord;
  error?: string;
  location?: string;
  mfa_required?: boolean;
}

/** What a provider gets to keep its identities with. Everything is limited to the provider's own. */
export interface AuthIdentityProviderService {
  /** @throws not_found when the provider has no identity for the entity. */
  retrieve(selector: { entity_id: string }): Promise<AuthIdentityRecord>;
  create(data: {
    entity_id: string;
    provider_metadata?: Record<string, unknown>;
    user_metadata?: Record<string, unknown>;
  }): Promise<AuthIdentityRecord>;
  update(
    entityId: string,
    data: { provider_metadata?: Record<string, unknown>; user_metadata?: Record<string, unknown> },
  ): Promise<AuthIdentityRecord>;
  /** Keeps a value for the second half of a login, such as the return address; 20 minutes unless told. */
  setState(key: string, value: Record<string, unknown>, ttlSeconds?: number): Promise<void>;
  getState(key: string): Promise<Record<string, unknown> | null>;
}
