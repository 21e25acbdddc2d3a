import { httpErrors } from "../errors";
import { serverContextOf } from "../messages/message-classes";
import type { AppRequest, AppResponse, NextFunction, ServerContext } from "../types";
import { publishableKeyVerifierOf } from "./verifiers";

/** The header that carries a publishable API key. */
export const publishableKeyHeader = "x-publishable-api-key";

/** A middleware that demands a publishable key and puts its sales channels into `req.publishable_key_context`. */
export async function requirePublishableKey(req: AppRequest, _res: AppResponse, next: NextFunction): Promise<void> {
  const token = req.headers[publishableKeyHeader];
  if (typeof token !== "string" || token === "") throw httpErrors.publishableKeyMissing();
  const { container } = serverContextOf(req) as ServerContext;
  const found = await publishableKeyVerifierOf(container).verifyPublishableKey(token);
  if (!found) throw httpErrors.publishableKeyInvalid();
  req.publishable_key_context = found;
  next();
}
