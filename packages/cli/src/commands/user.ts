import type { CommandContext } from "../command-context";
import { createAdminUser } from "../create-admin-user";
import { runWithApp } from "../run-with-app";

/** Who the new user is. */
export interface UserOptions {
  /**
   * What the user logs in with.
   *
   * @throws `cli.invalid_email` where it has no form of an address, `cli.registration_refused` where it is taken
   */
  email: string;
  /** As it is typed; stored as a hash by the provider `emailpass`. */
  password: string;
  /** Id of the user; made up by default. */
  id?: string;
}

/** Creates a user who may log in to the admin API. */
export async function user(context: CommandContext, options: UserOptions): Promise<void> {
  const created = await runWithApp(context, "exec", (app) => createAdminUser(app.container, options));
  context.print(context.json ? JSON.stringify(created) : `Created the user ${created.email} (${created.id}).`);
}
