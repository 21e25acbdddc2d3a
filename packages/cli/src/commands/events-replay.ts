import type { CommandContext } from "../command-context";
import { count } from "../count";
import { cliErrors } from "../errors";
import { runWithApp } from "../run-with-app";

/** Has events delivered again: to the subscribers that gave up, or else to all. The app that is running does it. */
export async function eventsReplay(context: CommandContext, ids: readonly string[]): Promise<void> {
  await runWithApp(context, "develop", async (app) => {
    const replayed = await app.engine.events.replay(ids);
    if (replayed === 0) throw cliErrors.noEvents(ids);
    if (context.json) return context.print(JSON.stringify({ replayed }));
    context.print(`${count(replayed, "event")} will be delivered again, by the app as soon as it runs.`);
  });
}
