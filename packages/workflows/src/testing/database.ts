export { createTestDatabase } from "@velella/data/testing";
export type { TestDatabase } from "@velella/data/testing";
