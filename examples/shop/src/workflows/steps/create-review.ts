import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk";
import { REVIEW_MODULE } from "../../modules/review";
import type ReviewModuleService from "../../modules/review/service";

export interface CreateReviewInput {
  product_id: string;
  author: string;
  text: string;
  rating: number;
}

export const createReviewStep = createStep(
  "create-review",
  async ({ author, text, rating }: CreateReviewInput, { container }) => {
    const reviews = container.resolve<ReviewModuleService>(REVIEW_MODULE);
    const review = await reviews.createReviews({ author, text, rating });
    return new StepResponse(review, review.id);
  },
  async (id, { container }) => {
    if (id) await container.resolve<ReviewModuleService>(REVIEW_MODULE).deleteReviews(id);
  },
);
