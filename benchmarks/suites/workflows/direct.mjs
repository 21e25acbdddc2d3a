import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The two SDKs, by the functions that both have; and what ours runs in. */
export const sdks = {
  velella: () => require("@velella/workflows"),
  medusa: () => require("@medusajs/workflows-sdk"),
  /** An empty container of ours. */
  container: () => require("@velella/kernel").createContainer(),
};

/**
 * Workflows of five steps, the same source for either SDK.
 *
 * @param {string} name distinguishes workflows that are defined several times
 * @param {object} [options] of the steps, for an SDK that has more of them
 */
export function fiveSteps({ createStep, createWorkflow, StepResponse, WorkflowResponse, transform, when }, name, options) {
  const config = (step) => (options ? { name: step, ...options } : step);
  const steps = [1, 2, 3, 4, 5].map((number) => createStep(config(`${name}-${number}`), async (input) => new StepResponse(input)));
  const [first, second, third, fourth, fifth] = steps;
  return {
    /** Each step hands on what it got. */
    noop: createWorkflow(`${name}-noop`, (input) => new WorkflowResponse(fifth(fourth(third(second(first(input))))))),
    /** Between the steps values are computed, and the last two depend on a condition. */
    when: createWorkflow(`${name}-when`, (input) => {
      const one = first(input);
      const two = second(transform({ input, one }, ({ input: given, one: got }) => ({ ...got, sum: given.value + got.value })));
      const three = third(transform({ two }, ({ two: got }) => ({ ...got, twice: got.sum * 2 })));
      const last = when({ three }, ({ three: got }) => got.twice > 0).then(() => fifth(fourth({ got: three, of: input.value })));
      return new WorkflowResponse(transform({ last, two }, ({ last: end, two: got }) => ({ end, sum: got.sum })));
    }),
  };
}

/** A cart as it goes through a checkout. */
export function cartOf(lines) {
  return {
    id: "cart_01",
    value: 1,
    email: "ada@example.com",
    currency_code: "eur",
    region: { id: "reg_01", name: "Europe", currency_code: "eur", automatic_taxes: true },
    shipping_address: {
      first_name: "Ada",
      last_name: "Byron",
      address_1: "Street 1",
      city: "London",
      postal_code: "N1",
      country_code: "gb",
    },
    metadata: null,
    items: Array.from({ length: lines }, (_, i) => ({
      id: `cali_${i}`,
      title: `Item ${i}`,
      subtitle: "Size M, blue",
      quantity: (i % 5) + 1,
      unit_price: 10.5 + i,
      compare_at_unit_price: null,
      is_discountable: true,
      is_tax_inclusive: false,
      variant_id: `variant_${i}`,
      variant_sku: `SKU-${i}`,
      variant_option_values: { Size: "M", Color: "blue" },
      product: { id: `prod_${i}`, title: `Product ${i}`, collection_id: null, tags: ["a", "b"] },
      tax_lines: [{ code: "VAT", rate: 20, description: "Value added tax" }],
      adjustments: [],
      metadata: { gift: false },
    })),
  };
}
