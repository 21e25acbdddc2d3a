import { defineMiddlewares, validateAndTransformBody } from "@medusajs/framework/http";
import { z } from "@medusajs/framework/zod";
import { CreateBrand, CreateErpOrder, CreateReview, ErpWebhook } from "./validators";

export default defineMiddlewares({
  routes: [
    { matcher: "/store/products/:id/reviews", methods: ["POST"], middlewares: [validateAndTransformBody(CreateReview)] },
    { matcher: "/admin/brands", methods: ["POST"], middlewares: [validateAndTransformBody(CreateBrand)] },
    { matcher: "/admin/erp/orders", methods: ["POST"], middlewares: [validateAndTransformBody(CreateErpOrder)] },
    { matcher: "/hooks/erp", methods: ["POST"], middlewares: [validateAndTransformBody(ErpWebhook)] },
    { matcher: "/admin/products", methods: ["POST"], additionalDataValidator: { brand_id: z.string().optional() } },
  ],
});
