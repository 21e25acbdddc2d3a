import { defineErrors } from "@velella/kernel";

/** What can be wrong with subscribers. */
export const eventErrors = defineErrors("event", {
  noHandler: {
    type: "invalid_data",
    message: (file: string) => `The subscriber ${file} has no default export that is a function.`,
    hint: () => `Write: export default async function ({ event, container }: SubscriberArgs) { … }`,
  },
  noEvent: {
    type: "invalid_data",
    message: (file: string, found: string) => `The subscriber ${file} names no event: "event" in its config is ${found}.`,
    hint: () => `Write: export const config: SubscriberConfig = { event: "product.updated" }, or a list of names, or "*" for all.`,
  },
  badId: {
    type: "invalid_data",
    message: (file: string, found: string) =>
      `"context.subscriberId" in the config of the subscriber ${file} is ${found}; expected a text.`,
  },
  badEmitOptions: {
    type: "invalid_data",
    message: (found: string) => `"options" of emit() is ${found}; expected an object.`,
    hint: () => `Write: eventBus.emit({ name: "product.updated", data: { id } }, { attempts: 3 })`,
  },
  noListener: {
    type: "invalid_data",
    message: (event: string, found: string) => `The subscriber to "${event}" is no function, but ${found}.`,
    hint: () => `Write: eventBus.subscribe("product.updated", async ({ name, data }) => { … })`,
  },
  noInterceptor: {
    type: "invalid_data",
    message: (found: string) => `An interceptor of events is no function, but ${found}.`,
  },
});
