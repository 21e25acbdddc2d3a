import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk";
import { REVIEW_MODULE } from "../modules/review";
import type ReviewModuleService from "../modules/review/service";

const approveReviewStep = createStep(
  "approve-review",
  async ({ id }: { id: string }, { container }) => {
    const reviews = container.resolve<ReviewModuleService>(REVIEW_MODULE);
    const before = await reviews.retrieveReview(id);
    const review = await reviews.updateReviews({ id, status: "approved" });
    return new StepResponse(review, { id, status: before.status });
  },
  async (before, { container }) => {
    if (before) await container.resolve<ReviewModuleService>(REVIEW_MODULE).updateReviews(before);
  },
);

export const approveReviewWorkflow = createWorkflow("approve-review", (input: { id: string }) => {
  return new WorkflowResponse(approveReviewStep(input));
});
