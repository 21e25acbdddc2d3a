import type { AppRequest, AppResponse } from "@velella/framework/http";
import { authenticate } from "@velella/framework/http";

export const middlewares = {
  POST: [authenticate("*", "bearer", { allowUnregistered: true })],
  DELETE: [authenticate("*", ["session"], { allowUnregistered: true })],
};

/** Opens a session for the bearer of a token. */
export const POST = async (req: AppRequest, res: AppResponse) => {
  // A login gets a session of its own, so that one planted before it is worth nothing.
  await new Promise<void>((resolve, reject) => req.session.regenerate((error) => (error ? reject(error) : resolve())));
  req.session.auth_context = req.auth_context;
  res.status(200).json({ user: req.auth_context });
};

/** Ends the session. */
export const DELETE = async (req: AppRequest, res: AppResponse) => {
  await new Promise<void>((resolve, reject) => req.session.destroy((error) => (error ? reject(error) : resolve())));
  res.json({ success: true });
};
