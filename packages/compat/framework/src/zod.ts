/** `@medusajs/framework/zod`: zod 4. */
export * from "zod";
export { z } from "zod";
