import { defineErrors } from "@velella/kernel";

/** What the product module refuses. */
export const productErrors = defineErrors("product", {
  invalidHandle: {
    type: "invalid_data",
    message: (handle: string) => `Invalid product handle '${handle}'. It must contain URL safe characters`,
    hint: () => "Letters, digits, hyphens, underscores, dots and tildes are safe; leave it out to have one made from the title.",
  },
  unknownTag: {
    type: "invalid_data",
    message: (id: string) => `Tag with id ${id} not found. Please create the tag before associating it with the product.`,
  },
  unknownOption: {
    type: "invalid_data",
    message: (id: string) => `Product option with id ${id} not found`,
  },
  unknownOptionValue: {
    type: "invalid_data",
    message: (value: string, option: string) => `Option value ${value} does not exist for option ${option}`,
    hint: (_value, option) => `Add the value to the option "${option}", and to those that the product uses.`,
  },
  variantExists: {
    type: "invalid_data",
    message: (title: string) => `Variant (${title}) with provided options already exists.`,
  },
  productIdMissing: {
    type: "invalid_data",
    message: (title: string) => `The variant "${title}" names no product: product_id is expected.`,
  },
  optionInUse: {
    type: "invalid_data",
    message: (option: string, product: string) =>
      `Cannot remove the option ${option} from the product ${product}: variants of the product use its values`,
    hint: () => "Delete those variants first, or give them other options.",
  },
  categoryWithChildren: {
    type: "not_allowed",
    message: (ids: readonly string[]) => `Deleting ProductCategory (${ids.join(", ")}) with category children is not allowed`,
    hint: () => "Delete or move the children first.",
  },
  categoryUnderItself: {
    type: "invalid_data",
    message: (id: string, parent: string) => `The category ${id} cannot lie under ${parent}, which lies under it.`,
  },
});
