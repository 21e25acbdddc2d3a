import type { Container } from "@velella/kernel";
import { countries } from "./region/countries";
import { currencies } from "./currency/currencies";

/**
 * Puts in what every shop starts from: the currencies and countries of the world, and a store that sells in euro through
 * a default sales channel with a publishable key. What is there already stays as it is.
 */
export async function seedCommerce(container: Container): Promise<void> {
  await seedCurrencies(container);
  await seedCountries(container);
  await seedStore(container);
}

async function seedCurrencies(container: Container): Promise<void> {
  const service = container.resolve("currency");
  const present = new Set((await service.listCurrencies({}, { select: ["code"] })).map(({ code }) => code));
  const missing = currencies.filter(([code]) => !present.has(code));
  if (!missing.length) return;
  await service.createCurrencies(
    missing.map(([code, name, symbol, symbol_native, decimal_digits]) => ({ code, name, symbol, symbol_native, decimal_digits })),
  );
}

async function seedCountries(container: Container): Promise<void> {
  const service = container.resolve("region");
  const present = new Set((await service.listCountries({}, { select: ["iso_2"] })).map(({ iso_2 }) => iso_2));
  const missing = countries.filter(([iso2]) => !present.has(iso2));
  if (!missing.length) return;
  await service.createCountries(
    missing.map(([iso_2, iso_3, num_code, name]) => ({ iso_2, iso_3, num_code, name: name.toUpperCase(), display_name: name })),
  );
}

async function seedStore(container: Container): Promise<void> {
  const stores = container.resolve("store");
  const [existing] = await stores.listStores({}, { select: ["id"], take: 1 });
  if (existing) return;
  const channel = await container
    .resolve("sales_channel")
    .createSalesChannels({ name: "Default Sales Channel", description: "Created by Medusa" });
  const key = await container
    .resolve("api_key")
    .createApiKeys({ title: "Default Publishable API Key", type: "publishable", created_by: "" });
  await container.resolve("link").create({ api_key: { publishable_key_id: key.id }, sales_channel: { sales_channel_id: channel.id } });
  await stores.createStores({ supported_currencies: [{ currency_code: "eur", is_default: true }], default_sales_channel_id: channel.id });
}
