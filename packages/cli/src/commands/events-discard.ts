import type { CommandContext } from "../command-context";
import { cliErrors } from "../errors";
import { runWithApp } from "../run-with-app";

export interface EventsDiscardOptions {
  /** Only deliveries to this subscriber. */
  subscriber?: string;
  /** Only of events of this name. */
  name?: string;
  /** All that there are. */
  all?: boolean;
}

/** Gives up deliveries that are dead, or whose subscriber no instance has. */
export async function eventsDiscard(context: CommandContext, ids: readonly string[], options: EventsDiscardOptions): Promise<void> {
  const { subscriber, name, all = false } = options;
  if (!ids.length && subscriber === undefined && name === undefined && !all) throw cliErrors.nothingChosen();
  await runWithApp(context, "develop", async (app) => {
    const selection = { ...(ids.length && { ids }), ...(subscriber !== undefined && { subscriber }), ...(name !== undefined && { name }) };
    const discarded = await app.engine.events.discard(selection);
    if (context.json) return context.print(JSON.stringify({ discarded }));
    if (!discarded) return context.print("There is no such delivery that is dead, or whose subscriber no instance has.");
    context.print(`${deliveries(discarded)} will not be made any more.`);
  });
}

const deliveries = (number: number): string => (number === 1 ? "1 delivery" : `${number} deliveries`);
