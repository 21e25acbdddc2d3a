/** Commerce modules with their workflows, links and API. */
import "./modules/container-types";
