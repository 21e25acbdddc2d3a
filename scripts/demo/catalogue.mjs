import { StepFailed } from "../prepare/run.mjs";

/** Who logs in to the admin API of the demo. */
export const admin = { email: "admin@example.com", password: "supersecret" };

/**
 * Makes the admin user and the catalogue where they are missing.
 *
 * @param {import("./served-app.mjs").ServedApp} app
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function fill(app) {
  if (!(await logIn(app))) {
    const made = await app.command("user", "--email", admin.email, "--password", admin.password);
    if (!made.ok) return made;
  }
  // Finds by itself what is there already.
  return app.command("exec", "src/scripts/seed.ts");
}

/**
 * What the lines to paste need to know of the catalogue.
 *
 * @param {import("./served-app.mjs").ServedApp} app
 */
export async function look(app) {
  const token = await logIn(app);
  if (!token) throw new StepFailed(`${admin.email} cannot log in.`);
  /** @param {string} path */
  const get = async (path) => {
    const { status, body } = await app.request("GET", path, { token });
    if (status !== 200) throw new StepFailed(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  };
  const { api_keys } = await get("/admin/api-keys?type=publishable");
  const { brands } = await get("/admin/brands");
  const { products, count } = await get("/admin/products?limit=1&order=created_at");
  // Every app has a key from the start; the seed script's opens the sales channel of its products.
  const storefront = api_keys.find((/** @type {{ title: string }} */ { title }) => title === "Storefront");
  return { key: storefront.token, brandId: brands[0].id, productId: products[0].id, productCount: count };
}

/** @param {import("./served-app.mjs").ServedApp} app */
async function logIn(app) {
  const { status, body } = await app.request("POST", "/auth/user/emailpass", { body: admin });
  if (status === 200) return /** @type {string} */ (body.token);
  if (status === 401) return undefined;
  throw new StepFailed(`POST /auth/user/emailpass answered ${status}: ${JSON.stringify(body)}`);
}
