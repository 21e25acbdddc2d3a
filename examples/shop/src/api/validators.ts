import { z } from "@medusajs/framework/zod";

export const CreateReview = z.object({
  author: z.string().min(1),
  text: z.string().min(3),
  rating: z.number().int().min(1).max(5),
});
export type CreateReview = z.infer<typeof CreateReview>;

export const CreateBrand = z.object({ name: z.string().min(1), handle: z.string().min(1) });
export type CreateBrand = z.infer<typeof CreateBrand>;

export const CreateErpOrder = z.object({ number: z.string().min(1), quantity: z.number().int().positive() });
export type CreateErpOrder = z.infer<typeof CreateErpOrder>;

export const ErpWebhook = z.object({
  reference: z.string().min(1),
  status: z.enum(["confirmed", "refused"]),
  arrives_at: z.string().optional(),
  reason: z.string().optional(),
});
export type ErpWebhook = z.infer<typeof ErpWebhook>;
