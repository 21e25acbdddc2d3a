import { defineErrors, suggestion } from "@velella/kernel";

/** What can be wrong with an event that is to be emitted. */
export const outboxErrors = defineErrors("outbox", {
  noEvent: {
    type: "invalid_data",
    message: (found: string) => `An event is ${found}; expected an object with a name, such as { name: "order.placed", data: { id } }.`,
  },
  badField: {
    type: "invalid_data",
    message: (event: string, field: string, found: string) => `"${field}" of event "${event}" is ${found}; expected an object.`,
  },
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
  badGroup: {
    type: "invalid_data",
    message: (what: string, found: string, expected: string) => `${what} is ${found}; expected ${expected}.`,
    hint: () => `Events of a group wait until someone releases it by that name; leave it out for events that do not wait.`,
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
