/** `@medusajs/medusa/api/utils/validators` */
export { createBatchBody, createFindParams, createLinkBody, createOperatorMap, createSelectParams } from "@velella/framework/http";
