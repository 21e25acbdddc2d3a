import type { CommandContext } from "../command-context";
import { cliErrors } from "../errors";
import { runWithApp } from "../run-with-app";

/**
 * Which deliveries are given up, beside ids of events; what is left out narrows nothing.
 *
 * @throws `cli.nothing_chosen` from {@link eventsDiscard} where there is neither an id nor one of these
 */
export interface EventsDiscardOptions {
  /** Only deliveries to this subscriber. */
  subscriber?: string;
  /** Only of events of this name. */
  name?: string;
  /** All that there are. */
  all?: boolean;
}

/**
 * Gives up deliveries that are dead, or whose subscriber is gone: with its name, one that this app and those that run do not
 * have; without, one that is no longer remembered either.
 */
export async function eventsDiscard(context: CommandContext, ids: readonly string[], options: EventsDiscardOptions): Promise<void> {
  const { subscriber, name, all = false } = options;
  if (!ids.length && subscriber === undefined && name === undefined && !all) throw cliErrors.nothingChosen();
  await runWithApp(context, "develop", async (app) => {
    const selection = { ...(ids.length && { ids }), ...(subscriber !== undefined && { subscriber }), ...(name !== undefined && { name }) };
    const discarded = await app.engine.events.discard(selection);
    if (context.json) return context.print(JSON.stringify({ discarded }));
    context.print(discarded ? `${deliveries(discarded)} will not be made any more.` : "There is no such delivery that may be given up.");
    context.print(subscriber === undefined ? keptUnnamed : app.engine.subscribers.has(subscriber) ? keptOwn(subscriber) : keptNamed);
  });
}

const keptUnnamed =
  "Only what is dead, or is for a subscriber that is no longer remembered, is given up like this; --subscriber NAME also takes what waits for one that is gone.";
const keptNamed = "What waits is given up only while no process that runs has the subscriber.";
const keptOwn = (subscriber: string) =>
  `This app has the subscriber "${subscriber}": what waits for it is kept, only what is dead is given up.`;

const deliveries = (number: number): string => (number === 1 ? "1 delivery" : `${number} deliveries`);
