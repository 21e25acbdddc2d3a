import type { CommandContext } from "../command-context";
import { createAdminUser } from "../create-admin-user";
import { runWithApp } from "../run-with-app";

export interface UserOptions {
  email: string;
  password: string;
  id?: string;
}

/** Creates a user who may log in to the admin API. */
export async function user(context: CommandContext, options: UserOptions): Promise<void> {
  const created = await runWithApp(context, "exec", (app) => createAdminUser(app.container, options));
  context.print(context.json ? JSON.stringify(created) : `Created the user ${created.email} (${created.id}).`);
}
