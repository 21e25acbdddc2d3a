import { InjectTransactionManager, modelServices, SharedContextParam, specOf } from "@velella/data";
import type { BaseRepository, LinkableKeys, ModelService } from "@velella/data";
import type { SharedContext } from "@velella/kernel";
import { CommerceService } from "../commerce-service";
import { apiKeyErrors } from "./errors";
import { ApiKey } from "./models";
import type { ApiKeyRecord } from "./types";
import type { ApiKeyType } from "./token";
import { createToken, hashToken } from "./token";

/** A key to be made; its token is made up. `created_by` is the id of a user. */
export interface CreateApiKeyData {
  title: string;
  type: ApiKeyType;
  created_by: string;
}

type Find = {
  select?: readonly string[];
  relations?: readonly string[];
  take?: number | null;
  skip?: number | null;
  withDeleted?: boolean;
};
type Own = "createApiKeys" | "listApiKeys" | "listAndCountApiKeys" | "retrieveApiKey" | "deleteApiKeys" | "softDeleteApiKeys";

/** Keys of storefronts and programs. What is stored of a secret key never leaves the module. */
export class ApiKeyModuleService extends CommerceService<Own>()({ ApiKey }) {
  private readonly keys: ModelService;

  constructor(cradle: { baseRepository: BaseRepository }, options: object = {}) {
    super(cradle, options);
    this.keys = modelServices([specOf(ApiKey)], cradle.baseRepository).apiKeyService!;
  }

  /** Creates keys. The rows have their tokens in clear, for the only time. */
  createApiKeys(data: CreateApiKeyData[], sharedContext?: SharedContext): Promise<ApiKeyRecord[]>;
  createApiKeys(data: CreateApiKeyData, sharedContext?: SharedContext): Promise<ApiKeyRecord>;
  @InjectTransactionManager()
  async createApiKeys(
    data: CreateApiKeyData | CreateApiKeyData[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<ApiKeyRecord | ApiKeyRecord[]> {
    const inputs = [data].flat().map((input) => ({ input, token: createToken(input.type) }));
    const rows = inputs.map(({ input, token }) => ({ ...input, token: token.stored, salt: token.salt, redacted: token.redacted }));
    const created = (await this.keys.create(rows, sharedContext)) as unknown as (ApiKeyRecord & { salt: string })[];
    const keys = created.map(({ salt: _salt, ...row }, index): ApiKeyRecord => ({ ...row, token: inputs[index]!.token.clear }));
    return (Array.isArray(data) ? keys : keys[0]) as never;
  }

  /** Keys without their hashes: `token` is empty for secret ones. A filter by `token` takes the token in clear. */
  async listApiKeys(filters?: object, config?: Find, sharedContext?: SharedContext): Promise<ApiKeyRecord[]> {
    return (await this.keys.list(withHashes(filters), config, sharedContext)).map(toPublic);
  }

  /** As `listApiKeys`, and how many there are without `take` and `skip`. */
  async listAndCountApiKeys(filters?: object, config?: Find, sharedContext?: SharedContext): Promise<[ApiKeyRecord[], number]> {
    const [rows, count] = await this.keys.listAndCount(withHashes(filters), config, sharedContext);
    return [rows.map(toPublic), count];
  }

  /**
   * As `listApiKeys`, of one key.
   *
   * @throws not_found where there is none
   */
  async retrieveApiKey(id: string, config?: Find, sharedContext?: SharedContext): Promise<ApiKeyRecord> {
    return toPublic(await this.keys.retrieve(id, config, sharedContext));
  }

  /**
   * Ends the validity of keys.
   *
   * @param data `revoke_in`: seconds until then; at once when absent.
   */
  @InjectTransactionManager()
  async revoke<T extends string | object>(
    idOrSelector: T,
    data: { revoked_by: string; revoke_in?: number },
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<T extends string ? ApiKeyRecord : ApiKeyRecord[]> {
    const filters = typeof idOrSelector === "string" ? { id: idOrSelector } : (idOrSelector as Record<string, unknown>);
    if (typeof idOrSelector === "string") await this.keys.retrieve(idOrSelector, { select: ["id"] }, sharedContext);
    const found = await this.keys.list({ ...filters, revoked_at: null }, { select: ["id"] }, sharedContext);
    const revoked_at = new Date(Date.now() + (data.revoke_in ?? 0) * 1000);
    if (found.length)
      await this.keys.update(
        found.map(({ id }) => ({ id, revoked_by: data.revoked_by, revoked_at })),
        sharedContext,
      );
    const keys = await this.listApiKeys(filters, {}, sharedContext);
    return (typeof idOrSelector === "string" ? keys[0] : keys) as never;
  }

  /** The secret key with this token, when it is valid. */
  async authenticate(token: string, sharedContext?: SharedContext): Promise<ApiKeyRecord | false> {
    return this.valid({ token: hashToken(token), type: "secret" }, sharedContext);
  }

  /** The publishable key with this token, when it is valid. */
  async authenticatePublishable(token: string, sharedContext?: SharedContext): Promise<ApiKeyRecord | false> {
    return this.valid({ token, type: "publishable" }, sharedContext);
  }

  /** @throws not_allowed for keys that are still valid. */
  @InjectTransactionManager()
  async softDeleteApiKeys(
    ids: string | string[],
    config: { returnLinkableKeys?: string[] } = {},
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<LinkableKeys | void> {
    await this.refuseValid([ids].flat(), sharedContext);
    return this.keys.softDelete(ids, config, sharedContext);
  }

  /** @throws not_allowed for keys that are still valid. */
  @InjectTransactionManager()
  async deleteApiKeys(ids: string | string[], @SharedContextParam() sharedContext: SharedContext = {}): Promise<void> {
    await this.refuseValid([ids].flat(), sharedContext);
    await this.keys.delete(ids, sharedContext);
  }

  private async valid(filters: Record<string, unknown>, sharedContext?: SharedContext): Promise<ApiKeyRecord | false> {
    const [key] = (await this.keys.list(filters, { take: 1 }, sharedContext)) as unknown as ApiKeyRecord[];
    if (!key || (key.revoked_at && key.revoked_at <= new Date())) return false;
    return toPublic(key);
  }

  private async refuseValid(ids: string[], sharedContext: SharedContext): Promise<void> {
    const rows = (await this.keys.list({ id: ids }, { select: ["id", "revoked_at"] }, sharedContext)) as unknown as ApiKeyRecord[];
    const valid = rows.filter(({ revoked_at }) => !revoked_at || revoked_at > new Date()).map(({ id }) => id);
    if (valid.length) throw apiKeyErrors.notRevoked(valid);
  }
}

/** Without the salt, and of secret keys without their hash. A row of which only some columns were read tells a secret by its token's form. */
function toPublic({ salt: _salt, ...row }: Record<string, unknown>): ApiKeyRecord {
  if ("token" in row && !(row.token as string).startsWith("pk_")) return { ...row, token: "" } as unknown as ApiKeyRecord;
  return row as unknown as ApiKeyRecord;
}

/** Clients filter by the token that they have. */
function withHashes(filters: object | undefined): Record<string, unknown> {
  const { token, ...rest } = (filters ?? {}) as Record<string, unknown>;
  if (token === undefined) return rest;
  const tokens = [token].flat().map((value) => (typeof value === "string" && value.startsWith("sk_") ? hashToken(value) : value));
  return { ...rest, token: tokens };
}
