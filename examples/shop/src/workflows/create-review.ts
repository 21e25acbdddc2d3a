import { Modules } from "@medusajs/framework/utils";
import { createWorkflow, transform, WorkflowResponse } from "@medusajs/framework/workflows-sdk";
import { createRemoteLinkStep, useQueryGraphStep } from "@medusajs/medusa/core-flows";
import { REVIEW_MODULE } from "../modules/review";
import { createReviewStep, type CreateReviewInput } from "./steps/create-review";

/** Writes a review and links it to its product; neither stays without the other. */
export const createReviewWorkflow = createWorkflow("create-review", (input: CreateReviewInput) => {
  useQueryGraphStep({
    entity: "product",
    fields: ["id"],
    filters: { id: input.product_id },
    options: { throwIfKeyNotFound: true },
  });
  const review = createReviewStep(input);
  createRemoteLinkStep(
    transform({ input, review }, ({ input, review }) => [
      { [Modules.PRODUCT]: { product_id: input.product_id }, [REVIEW_MODULE]: { review_id: review.id } },
    ]),
  );
  return new WorkflowResponse(review);
});
