import type { AppRequest, AppResponse } from "@velella/framework/http";
import type { AuthIdentityRecord } from "../../../../../modules/auth/types";

/** How a user can log in. */
export const GET = async (req: AppRequest, res: AppResponse) => {
  const identities = (await req.scope
    .resolve("auth")
    .listAuthIdentities(
      { app_metadata: { user_id: req.params.id! } },
      { relations: ["provider_identities"] },
    )) as unknown as AuthIdentityRecord[];
  const providers = identities.flatMap(({ provider_identities = [] }) => provider_identities.map(({ provider }) => provider));
  res.json({ providers: [...new Set(providers)] });
};
