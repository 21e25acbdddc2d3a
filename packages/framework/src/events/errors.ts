import { defineErrors } from "@velella/kernel";

/** What can be wrong with a subscriber file. */
export const eventErrors = defineErrors("event", {
  noHandler: {
    type: "invalid_data",
    message: (file: string) => `The subscriber ${file} has no default export that is a function.`,
    hint: () => `Write: export default async function ({ event, container }: SubscriberArgs) { … }`,
  },
  noEvent: {
    type: "invalid_data",
    message: (file: string) => `The subscriber ${file} names no event.`,
    hint: () => `Write: export const config: SubscriberConfig = { event: "product.updated" }`,
  },
});
