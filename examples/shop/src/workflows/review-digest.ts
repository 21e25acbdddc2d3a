import { createStep, createWorkflow, StepResponse, transform, when, WorkflowResponse } from "@medusajs/framework/workflows-sdk";
import { sendNotificationsStep } from "@medusajs/medusa/core-flows";
import { REVIEW_MODULE } from "../modules/review";
import type ReviewModuleService from "../modules/review/service";

const countPendingStep = createStep("count-pending-reviews", async (_: void, { container }) => {
  const [, count] = await container.resolve<ReviewModuleService>(REVIEW_MODULE).listAndCountReviews({ status: "pending" }, { take: 1 });
  return new StepResponse(count);
});

/** Tells the shop's team how many reviews wait for approval; says nothing when none do. */
export const reviewDigestWorkflow = createWorkflow("review-digest", () => {
  const pending = countPendingStep();
  when("reviews-wait", { pending }, ({ pending }) => pending > 0).then(() => {
    sendNotificationsStep(
      transform({ pending }, ({ pending }) => [{ to: "team@shop.test", channel: "email", template: "review-digest", data: { pending } }]),
    );
  });
  return new WorkflowResponse(pending);
});
