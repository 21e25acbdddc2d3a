import { defineErrors, suggestion } from "@velella/kernel";

/** What can be wrong with an event that is to be emitted. */
export const outboxErrors = defineErrors("outbox", {
  noName: {
    type: "invalid_data",
    message: (found: string) => `An event needs a name; found ${found}.`,
    hint: () => `Write { name: "order.placed", data: { id } }; a step that emits for you takes it as "eventName".`,
  },
  badOption: {
    type: "invalid_data",
    message: (event: string, option: string, expected: string, found: string) =>
      `The option "${option}" of event "${event}" is ${found}; expected ${expected}.`,
  },
  unknownOption: {
    type: "invalid_data",
    message: (event: string, option: string, _known: readonly string[]) => `Events have no option "${option}", which event "${event}" has.`,
    hint: (_event: string, option: string, known: readonly string[]) => suggestion(option, known),
  },
  badData: {
    type: "invalid_data",
    message: (event: string, field: string, issue: string) => `The ${field} of event "${event}" cannot be written as JSON: ${issue}`,
    hint: () => `Events are stored: give them plain data, such as ids.`,
  },
});
