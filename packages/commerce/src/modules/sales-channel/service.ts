import { CommerceService } from "../commerce-service";
import { SalesChannel } from "./models";

/** Sales channels. */
export class SalesChannelModuleService extends CommerceService()({ SalesChannel }) {}
