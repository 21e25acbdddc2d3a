import { createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { listParams, oneOrMany } from "../../validation/filters";

const filters = { q: z.string().optional(), code: oneOrMany(z.string()).optional() };

export const AdminGetCurrencyParams = createSelectParams();
export const AdminGetCurrenciesParams = listParams({ limit: 200 }, filters);
export const StoreGetCurrenciesParams = listParams({ limit: 50 }, filters);
