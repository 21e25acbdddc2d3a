import { addressFields, customerFields } from "../../fields/customer";
import { list, one } from "../../query-configs";

const defaults = [...customerFields, "created_by"];

export const retrieveConfig = one(defaults);
export const listConfig = list(defaults);
export const retrieveAddressConfig = one(addressFields);
export const listAddressesConfig = list(addressFields);
