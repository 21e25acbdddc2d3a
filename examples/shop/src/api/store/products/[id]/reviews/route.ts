import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http";
import { ContainerRegistrationKeys } from "@medusajs/framework/utils";
import { createReviewWorkflow } from "../../../../../workflows/create-review";
import type { CreateReview } from "../../../../validators";

export const GET = async (req: MedusaRequest, res: MedusaResponse) => {
  const query = req.scope.resolve(ContainerRegistrationKeys.QUERY);
  const { data } = await query.graph(
    { entity: "product", fields: ["id", "reviews.*"], filters: { id: req.params.id } },
    { throwIfKeyNotFound: true },
  );
  const reviews = ((data[0]?.reviews ?? []) as { status: string; rating: number }[]).filter((review) => review.status === "approved");
  const average = reviews.length ? reviews.reduce((sum, review) => sum + review.rating, 0) / reviews.length : null;
  res.json({ reviews, count: reviews.length, average_rating: average });
};

export const POST = async (req: MedusaRequest<CreateReview>, res: MedusaResponse) => {
  const { result: review } = await createReviewWorkflow(req.scope).run({
    input: { ...req.validatedBody, product_id: req.params.id },
  });
  res.status(201).json({ review });
};
