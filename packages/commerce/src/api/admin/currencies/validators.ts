import { z } from "zod";
import { createFindParams, createSelectParams, oneOrMany, withAndOr } from "../../validation/find-params";

const filters = { q: z.string().optional(), code: oneOrMany(z.string()).optional() };

export const AdminGetCurrencyParams = createSelectParams();
export const AdminGetCurrenciesParams = withAndOr(createFindParams({ limit: 200 }), filters);
export const StoreGetCurrenciesParams = withAndOr(createFindParams({ limit: 50 }), filters);
