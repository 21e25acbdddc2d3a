import { z } from "zod";

/** The body of routes that add and remove links: ids of the other side. */
export function createLinkBody() {
  return z.object({ add: z.array(z.string()).optional(), remove: z.array(z.string()).optional() });
}

/** Free data beside a record. */
export const metadata = z.record(z.string(), z.unknown()).nullish();
