/** `@medusajs/medusa/core-flows`: the workflows and steps of the commerce modules, and the framework's own steps. */
export * from "@velella/commerce/flows";
export {
  createRemoteLinkStep,
  dismissRemoteLinkStep,
  emitEventStep,
  removeRemoteLinkStep,
  updateRemoteLinksStep,
  useQueryGraphStep,
  useRemoteQueryStep,
} from "@velella/framework";
