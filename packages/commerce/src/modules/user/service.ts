import { randomBytes } from "node:crypto";
import { InjectTransactionManager, modelServices, SharedContextParam, specOf } from "@velella/data";
import type { BaseRepository, ModelService } from "@velella/data";
import type { SharedContext } from "@velella/kernel";
import { CommerceService } from "../commerce-service";
import { userErrors } from "./errors";
import { Invite, User } from "./models";
import type { InviteRecord } from "./types";

/** What an app may say of the module in its config. */
export interface UserModuleOptions {
  /** Life of an invite in seconds; a day by default. */
  valid_duration?: number;
}

/**
 * Who is invited; the token is made up.
 *
 * @throws `invalid_data` from the service, where a user has the address
 */
export interface InviteInput {
  email: string;
  metadata?: Record<string, unknown> | null;
}

const day = 24 * 60 * 60;

/** Who works in the back office, and who is invited to. */
export class UserModuleService extends CommerceService<"createInvites">()({ User, Invite }) {
  private readonly users: ModelService;
  private readonly invites: ModelService;
  private readonly validFor: number;

  constructor(cradle: { baseRepository: BaseRepository }, options: UserModuleOptions = {}) {
    super(cradle, options);
    const services = modelServices([specOf(User), specOf(Invite)], cradle.baseRepository);
    this.users = services.userService!;
    this.invites = services.inviteService!;
    this.validFor = options.valid_duration ?? day;
  }

  /**
   * Invites people by their e-mail addresses.
   *
   * @throws invalid_data for addresses of users.
   */
  createInvites(data: InviteInput[], sharedContext?: SharedContext): Promise<InviteRecord[]>;
  createInvites(data: InviteInput, sharedContext?: SharedContext): Promise<InviteRecord>;
  @InjectTransactionManager()
  async createInvites(
    data: InviteInput | InviteInput[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<InviteRecord | InviteRecord[]> {
    const inputs = [data].flat();
    const existing = (await this.users.list(
      { email: inputs.map(({ email }) => email) },
      { select: ["email"] },
      sharedContext,
    )) as unknown as InviteInput[];
    if (existing.length) throw userErrors.usersExist(existing.map(({ email }) => email));
    const created = (await this.invites.create(
      inputs.map((input) => ({ ...input, ...this.newToken() })),
      sharedContext,
    )) as unknown as InviteRecord[];
    return (Array.isArray(data) ? created : created[0]) as never;
  }

  /** Gives invites a new token and a new life; the former tokens are worth nothing then. */
  @InjectTransactionManager()
  async refreshInviteTokens(ids: string[], @SharedContextParam() sharedContext: SharedContext = {}): Promise<InviteRecord[]> {
    return (await this.invites.update(
      ids.map((id) => ({ id, ...this.newToken() })),
      sharedContext,
    )) as unknown as InviteRecord[];
  }

  /**
   * The invite with a token.
   *
   * @throws unauthorized when there is none, or it is past its time.
   */
  async validateInviteToken(token: string, sharedContext?: SharedContext): Promise<InviteRecord> {
    const [invite] = (await this.invites.list({ token, accepted: false }, { take: 1 }, sharedContext)) as unknown as InviteRecord[];
    if (!invite || invite.expires_at <= new Date()) throw userErrors.invalidInvite();
    return invite;
  }

  private newToken(): { token: string; expires_at: Date } {
    return { token: randomBytes(32).toString("hex"), expires_at: new Date(Date.now() + this.validFor * 1000) };
  }
}
