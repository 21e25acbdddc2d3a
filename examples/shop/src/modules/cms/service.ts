import { MedusaError } from "@medusajs/framework/utils";

/** What the content system knows of a product. */
export interface Content {
  product_id: string;
  headline: string;
  body: string;
}

export interface CmsOptions {
  /** Where the content system answers, such as `https://cms.example.com`. */
  url?: string;
  /** How long it may take, in milliseconds. */
  timeout?: number;
}

/** The content of products is kept in another system. This module has no table: queries call `list` instead. */
export default class CmsModuleService {
  constructor(
    _container: unknown,
    private readonly options: CmsOptions = {},
  ) {}

  /** Called once per query, with the keys of all its products. */
  async list(filters: { product_id?: string | string[] } = {}): Promise<Content[]> {
    const { url, timeout = 2000 } = this.options;
    if (!url) throw new MedusaError(MedusaError.Types.INVALID_ARGUMENT, "The content system has no address: set CMS_URL.");
    const ids = [filters.product_id ?? []].flat();
    const response = await fetch(`${url}/contents?product_id=${ids.map(encodeURIComponent).join(",")}`, {
      signal: AbortSignal.timeout(timeout),
    });
    if (!response.ok) throw new MedusaError(MedusaError.Types.UNEXPECTED_STATE, `The content system answered ${response.status}.`);
    return (await response.json()) as Content[];
  }
}
