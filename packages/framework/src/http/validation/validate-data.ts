import { invalidRequest } from "../errors";
import { describeIssues } from "./issue-message";
import { strictAtTop } from "./schema";
import type { Schema } from "./schema";

/** As many issues as the message names; the error carries all of them. */
const issuesInMessage = 3;

const strictSchemas = new WeakMap<Schema, Schema>();

/**
 * Validates a body or a query string: strict at the top level only.
 *
 * @returns The parsed data.
 * @throws `http.invalid_request`, whose message names the first three issues and whose `issues` holds all.
 */
export async function validateData(schema: Schema, data: unknown): Promise<unknown> {
  let strict = strictSchemas.get(schema);
  if (!strict) strictSchemas.set(schema, (strict = strictAtTop(schema)));
  const result = await strict.safeParseAsync(data);
  if (result.success) return result.data;
  const issues = describeIssues(result.error.issues, data);
  const summary = issues.slice(0, issuesInMessage).map((issue) => issue.message);
  throw invalidRequest(summary.join("; "), issues);
}
