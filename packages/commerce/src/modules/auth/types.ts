/** A request as a provider sees it. */
export interface AuthenticationInput {
  /** Path and query string, as the client sent them. */
  url: string;
  headers: Record<string, string>;
  query: Record<string, string>;
  /** What the client sent; its values are checked by the provider, not before. */
  body: Record<string, string>;
  /** `http` or `https`. */
  protocol: string;
}

/** One way in which an identity proves itself, as providers see it. */
export interface ProviderIdentityRecord {
  id: string;
  /** Id of the provider. */
  provider: string;
  /** What the provider knows the identity by, such as an e-mail address; unique within the provider. */
  entity_id: string;
  auth_identity_id?: string;
  /** For the provider alone, such as the hash of a password; no client sees it. */
  provider_metadata?: Record<string, unknown> | null;
  /** What the provider knows of the person; part of tokens. */
  user_metadata?: Record<string, unknown> | null;
}

/** An identity with its provider identities. */
export interface AuthIdentityRecord {
  id: string;
  /** The ids of the actors that the identity is, by `<actor type>_id`; empty before a registration is completed. */
  app_metadata?: Record<string, unknown> | null;
  provider_identities?: ProviderIdentityRecord[];
}

/** What came of an attempt: an identity, a place to go to first (`location`), or an error. */
export interface AuthenticationResponse {
  /** False is an answer, not an error: the client gets a 401. */
  success: boolean;
  /** There with `success`, unless there is a `location` to go to first. */
  authIdentity?: AuthIdentityRecord;
  /** Why it was refused, for the client. */
  error?: string;
  /** Where the client has to go before `validateCallback` is asked. */
  location?: string;
  mfa_required?: boolean;
}

/** What a provider gets to keep its identities with. Everything is limited to the provider's own. */
export interface AuthIdentityProviderService {
  /** @throws not_found when the provider has no identity for the entity. */
  retrieve(selector: { entity_id: string }): Promise<AuthIdentityRecord>;
  /** Makes an identity that is no actor yet. */
  create(data: {
    entity_id: string;
    provider_metadata?: Record<string, unknown>;
    user_metadata?: Record<string, unknown>;
  }): Promise<AuthIdentityRecord>;
  /**
   * Changes what the provider keeps; keys that are not named stay.
   *
   * @throws `not_found` when the provider has no identity for the entity
   */
  update(
    entityId: string,
    data: { provider_metadata?: Record<string, unknown>; user_metadata?: Record<string, unknown> },
  ): Promise<AuthIdentityRecord>;
  /** Keeps a value for the second half of a login, such as the return address; 20 minutes unless told. */
  setState(key: string, value: Record<string, unknown>, ttlSeconds?: number): Promise<void>;
  /** Null when nothing was kept under the key, or its time is over. */
  getState(key: string): Promise<Record<string, unknown> | null>;
}
