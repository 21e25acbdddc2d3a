/** What tests of every package share: databases of their own, poolers, ports. */
export { connectionTo, createTestDatabase } from "./database";
export type { TestDatabase } from "./database";
export { hasPgBouncer, startPgBouncer } from "./pgbouncer";
export type { Pooler, PoolerOptions } from "./pgbouncer";
export { recordStatements } from "./record-statements";
export { silentProxy } from "./silent-proxy";
export type { SilentProxy } from "./silent-proxy";
export { answers, freePort, listens } from "./ports";
