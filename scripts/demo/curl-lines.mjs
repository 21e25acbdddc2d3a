import { admin } from "./catalogue.mjs";

const json = `-H 'content-type: application/json'`;

/**
 * Lines that show what the shop can do, in an order in which each works when pasted into a terminal.
 *
 * @param {string} url
 * @param {{ key: string, brandId: string, productId: string, productCount: number }} known
 * @returns {{ title: string, line: string }[]}
 */
export function curlLines(url, { key, brandId, productId, productCount }) {
  const store = `-H 'x-publishable-api-key: ${key}'`;
  const login = `curl -s ${url}/auth/user/emailpass ${json} -d '${JSON.stringify(admin)}'`;
  const review = { author: "You", text: "Carried me across.", rating: 4 };
  const product = {
    // Titles are unique through the handle that is made of them, and the line should work at each start.
    title: `Raft no. ${productCount + 1}`,
    status: "published",
    options: [{ title: "Size", values: ["one"] }],
    additional_data: { brand_id: brandId },
  };
  return [
    { title: "Is it up?", line: `curl -s ${url}/health` },
    { title: "What a visitor sees", line: `curl -s '${url}/store/products?fields=id,title' ${store}` },
    {
      title: "A visitor writes a review: a feature of the shop's own",
      line: `curl -s ${url}/store/products/${productId}/reviews ${store} ${json} -d '${JSON.stringify(review)}'`,
    },
    { title: "Log in to the admin API", line: `TOKEN=$(${login} | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')` },
    {
      title: "A new product, whose brand is linked by the shop's hook",
      line: `curl -s ${url}/admin/products -H "authorization: Bearer $TOKEN" ${json} -d '${JSON.stringify(product)}'`,
    },
    {
      title: "Products with the brand and the reviews that are linked to them",
      line: `curl -sg '${url}/admin/products?fields=title,brand.name,reviews.*' -H "authorization: Bearer $TOKEN"`,
    },
  ];
}
