import { Module } from "../modules/module";
import { providersLoader } from "../modules/providers-loader";
import { LockingService } from "./locking-service";
import postgresProvider from "./postgres-provider";

/**
 * The module behind `locking`. Its options: `{ providers: [{ resolve, id, is_default, options }] }`; without any, locks are
 * rows of the database.
 */
export default Module("locking", {
  service: LockingService,
  loaders: [providersLoader("locking", "lockProviders", postgresProvider)],
});
