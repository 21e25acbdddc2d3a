/** `@medusajs/framework/mikro-orm/core`: what test set-ups of apps touch. There is no metadata to clear here. */
export const MetadataStorage = {
  clear(): void {},
};
