import { ModuleProvider } from "@velella/framework";
import { EmailPassAuthProvider } from "./emailpass";

/** The provider "emailpass", as `resolve` of an entry in the auth module's `providers`. */
export default ModuleProvider("auth", { services: [EmailPassAuthProvider] });
