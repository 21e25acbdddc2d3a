import type { MedusaContainer } from "@medusajs/framework/types";
import { reviewDigestWorkflow } from "../workflows/review-digest";

/** Every morning at seven. */
export default async function reviewDigest(container: MedusaContainer) {
  await reviewDigestWorkflow(container).run({ input: undefined });
}

export const config = { name: "review-digest", schedule: process.env.REVIEW_DIGEST_SCHEDULE || "0 7 * * *" };
