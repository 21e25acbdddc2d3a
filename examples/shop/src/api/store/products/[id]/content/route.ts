import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http";
import { ContainerRegistrationKeys } from "@medusajs/framework/utils";

export const GET = async (req: MedusaRequest, res: MedusaResponse) => {
  const query = req.scope.resolve(ContainerRegistrationKeys.QUERY);
  const { data } = await query.graph(
    { entity: "product", fields: ["id", "title", "content.*"], filters: { id: req.params.id } },
    { throwIfKeyNotFound: true, throwIfRelationNotFound: ["content"] },
  );
  res.json({ product: data[0] });
};
