import { timingSafeEqual } from "node:crypto";
import { MedusaError } from "@medusajs/framework/utils";

export interface ErpOptions {
  /** Where the ERP's API is; without one there is no ERP. */
  url?: string;
  /** What the ERP sends along with its webhooks; none is believed without it. */
  webhookSecret?: string;
  /** Milliseconds that the ERP has for an answer; 5000 by default. */
  timeout?: number;
}

/** An item as the ERP lists it. */
export interface ErpItem {
  number: string;
  name: string;
  /** In euros. */
  price: number;
}

/** An order to the ERP. The reference is ours: it comes back with the webhook. */
export interface ErpOrder {
  reference: string;
  number: string;
  quantity: number;
}

/**
 * Speaks HTTP with the ERP. Whatever changes something there is a PUT or a DELETE under a name that we choose, so that
 * it may be sent again when an answer was lost.
 */
export default class ErpService {
  constructor(
    _container: object,
    private readonly options: ErpOptions = {},
  ) {}

  get isConfigured(): boolean {
    return Boolean(this.options.url);
  }

  /** Items that were changed and not acknowledged yet; at most as many as the ERP gives at once. */
  async listChangedItems(): Promise<ErpItem[]> {
    const { items } = await this.request<{ items: ErpItem[] }>("GET", "/items/changed");
    return items;
  }

  async acknowledge(name: string, numbers: string[]): Promise<void> {
    await this.request("PUT", `/acknowledgements/${name}`, { numbers });
  }

  async withdrawAcknowledgement(name: string): Promise<void> {
    await this.request("DELETE", `/acknowledgements/${name}`);
  }

  async placeOrder({ reference, ...order }: ErpOrder): Promise<void> {
    await this.request("PUT", `/orders/${reference}`, order);
  }

  async cancelOrder(reference: string): Promise<void> {
    await this.request("DELETE", `/orders/${reference}`);
  }

  /** Whether a webhook that brings this secret comes from the ERP. */
  isWebhookSecret(given: string | undefined): boolean {
    const expected = Buffer.from(this.options.webhookSecret ?? "");
    const actual = Buffer.from(given ?? "");
    return expected.length > 0 && expected.length === actual.length && timingSafeEqual(expected, actual);
  }

  private async request<T>(method: string, path: string, body?: object): Promise<T> {
    const { url, timeout = 5000 } = this.options;
    const response = await fetch(new URL(path, url), {
      method,
      headers: { "content-type": "application/json" },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(timeout),
    }).catch((error: Error & { cause?: { code?: string } }) => {
      throw erpError(`did not answer ${method} ${path}: ${error.cause?.code ?? error.message}`);
    });
    // What is not there any more is as good as deleted.
    if (!response.ok && !(method === "DELETE" && response.status === 404)) {
      throw erpError(`answered ${response.status} to ${method} ${path}: ${await response.text()}`);
    }
    return (response.headers.get("content-type")?.includes("json") ? await response.json() : {}) as T;
  }
}

function erpError(what: string): MedusaError {
  return new MedusaError(MedusaError.Types.UNEXPECTED_STATE, `The ERP ${what}`);
}
