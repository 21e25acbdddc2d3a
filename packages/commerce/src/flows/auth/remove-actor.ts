import { createStep, StepResponse, transform, when } from "@velella/workflows";
import type { WorkflowData } from "@velella/workflows";
import type { AuthIdentityRecord } from "../../modules/auth/types";
import { setAuthAppMetadataStep } from "./set-app-metadata";

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

/**
 * Inside of a workflow that deletes an actor: the identity that logged in as it stays, without access, and may become another
 * actor.
 *
 * @param remove Deletes the actor.
 */
export function removeActor(actorType: "customer" | "user", id: WorkflowData<string>, remove: () => unknown): void {
  const identity = findActorIdentityStep({ key: `${actorType}_id`, value: id });
  remove();
  when("has-identity", { identity }, ({ identity }) => !!identity).then(() => {
    setAuthAppMetadataStep({
      authIdentityId: transform({ identity }, ({ identity }) => (identity as { id: string }).id),
      actorType,
      value: null,
    });
  });
}
