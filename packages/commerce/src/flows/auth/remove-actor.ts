import { createStep, StepResponse } from "@velella/workflows";
import type { AuthIdentityRecord } from "../../modules/auth/types";

/** The identity of an actor, by the key that its app metadata has: `{ key: "customer_id", value: "cus_1" }`. */
export const findActorIdentityStep = createStep(
  { name: "find-actor-identity", pure: true },
  async ({ key, value }: { key: string; value: string }, { container }) => {
    const identities = (await container
      .resolve("auth")
      .listAuthIdentities({ app_metadata: { [key]: value } }, { take: 1 })) as unknown as AuthIdentityRecord[];
    return new StepResponse(identities[0] ?? null);
  },
);
