/** `@medusajs/framework/types` */
import type { Container, SharedContext, SqlManager } from "@velella/kernel";

export type { BigNumberInput, BigNumberRaw as BigNumberRawValue, Container as MedusaContainer, EventMessage as Event, Logger } from "@velella/kernel";
export type { InferTypeOf } from "@velella/data";
export type {
  Config as ConfigModule,
  ConfigInput as InputConfig,
  LinkDefinition,
  LoaderOptions,
  ModuleProviderExports,
  Query as RemoteQueryFunction,
  ScheduledJobConfig,
  SubscriberArgs,
  SubscriberConfig,
} from "@velella/framework";

/** What a script gets that `velella exec` runs. */
export interface ExecArgs {
  container: Container;
  /** The further words of the command. */
  args: string[];
}

/** The shared context of service methods. */
export type Context<Manager = SqlManager> = SharedContext<Manager>;
