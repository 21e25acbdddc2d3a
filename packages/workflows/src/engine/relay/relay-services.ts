import type { Logger, SqlConnection } from "@velella/kernel";
import type { Tables } from "../../store/schema";

/** What each part of the relay stands on. */
export interface RelayServices {
  connection: SqlConnection;
  tables: Tables;
  logger: Logger;
  /** This instance. */
  instance: string;
}
