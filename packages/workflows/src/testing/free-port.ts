export { freePort, listens } from "@velella/data/testing";
