import { z } from "@medusajs/framework/zod";

export const CreateReview = z.object({
  author: z.string().min(1),
  text: z.string().min(3),
  rating: z.number().int().min(1).max(5),
});
export type CreateReview = z.infer<typeof CreateReview>;

export const CreateBrand = z.object({ name: z.string().min(1), handle: z.string().min(1) });
export type CreateBrand = z.infer<typeof CreateBrand>;
