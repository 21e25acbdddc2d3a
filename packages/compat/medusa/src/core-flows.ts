/** `@medusajs/medusa/core-flows`: the workflows and steps of the commerce modules, and the framework's own steps. */
export * from "@velella/commerce/flows";
export {
  acquireLockStep,
  createRemoteLinkStep,
  dismissRemoteLinkStep,
  emitEventStep,
  releaseLockStep,
  removeRemoteLinkStep,
  updateRemoteLinksStep,
  useQueryGraphStep,
  useRemoteQueryStep,
} from "@velella/framework";
