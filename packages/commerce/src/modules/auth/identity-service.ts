import type { ModelService } from "@velella/data";
import { authErrors } from "./errors";
import type { AuthIdentityProviderService, AuthIdentityRecord, ProviderIdentityRecord } from "./types";

const defaultStateLife = 20 * 60;

/** Values that a provider keeps between the two halves of a login. */
export interface StateStore {
  set(key: string, value: Record<string, unknown>, ttlSeconds: number): Promise<void>;
  get(key: string): Promise<Record<string, unknown> | null>;
}

/** What a provider keeps its identities with; it sees no other provider's. */
export function identityServiceFor(
  provider: string,
  identities: ModelService,
  providerIdentities: ModelService,
  states: StateStore,
): AuthIdentityProviderService {
  const retrieve = async (entity_id: string): Promise<AuthIdentityRecord> => {
    const filters = { provider_identities: { entity_id, provider } };
    const [identity] = (await identities.list(filters, { relations: ["provider_identities"], take: 1 })) as unknown as AuthIdentityRecord[];
    if (!identity) throw authErrors.identityNotFound(entity_id);
    return identity;
  };
  return {
    retrieve: ({ entity_id }) => retrieve(entity_id),
    async create(data) {
      await identities.create({ provider_identities: [{ ...data, provider }] });
      return retrieve(data.entity_id);
    },
    async update(entity_id, data) {
      const [own] = (await providerIdentities.list({ entity_id, provider }, { take: 1 })) as unknown as ProviderIdentityRecord[];
      if (!own) throw authErrors.identityNotFound(entity_id);
      await providerIdentities.update({
        id: own.id,
        ...(data.provider_metadata && { provider_metadata: { ...own.provider_metadata, ...data.provider_metadata } }),
        ...(data.user_metadata && { user_metadata: { ...own.user_metadata, ...data.user_metadata } }),
      });
      return retrieve(entity_id);
    },
    setState: (key, value, ttlSeconds = defaultStateLife) => states.set(`${provider}:${key}`, value, ttlSeconds),
    getState: (key) => states.get(`${provider}:${key}`),
  };
}

/** Keeps states in this process. */
export function memoryStates(): StateStore {
  const states = new Map<string, { value: Record<string, unknown>; until: number }>();
  return {
    async set(key, value, ttlSeconds) {
      const now = Date.now();
      for (const [other, { until }] of states) if (until <= now) states.delete(other);
      states.set(key, { value, until: now + ttlSeconds * 1000 });
    },
    async get(key) {
      const state = states.get(key);
      return state && state.until > Date.now() ? state.value : null;
    },
  };
}
