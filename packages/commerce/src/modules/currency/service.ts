import { CommerceService } from "../commerce-service";
import { Currency } from "./models";

/** The currencies of the world. */
export class CurrencyModuleService extends CommerceService()({ Currency }) {}
