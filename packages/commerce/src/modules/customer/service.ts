import { InjectTransactionManager, modelServices, SharedContextParam, specOf } from "@velella/data";
import type { BaseRepository, ModelService } from "@velella/data";
import type { SharedContext } from "@velella/kernel";
import { CommerceService } from "../commerce-service";
import { Customer, CustomerAddress, CustomerGroup, CustomerGroupCustomer } from "./models";

/** That a customer is in a group. */
export interface GroupCustomerPair {
  customer_id: string;
  customer_group_id: string;
  created_by?: string;
}

/** Customers, their addresses, and the groups they are in. */
export class CustomerModuleService extends CommerceService()({ Customer, CustomerAddress, CustomerGroup, CustomerGroupCustomer }) {
  private readonly memberships: ModelService;

  constructor(cradle: { baseRepository: BaseRepository }, options: object = {}) {
    super(cradle, options);
    this.memberships = modelServices([specOf(CustomerGroupCustomer)], cradle.baseRepository).customerGroupCustomerService!;
  }

  /** Adds customers to groups. */
  addCustomerToGroup(pairs: GroupCustomerPair[], sharedContext?: SharedContext): Promise<{ id: string }[]>;
  addCustomerToGroup(pairs: GroupCustomerPair, sharedContext?: SharedContext): Promise<{ id: string }>;
  @InjectTransactionManager()
  async addCustomerToGroup(
    pairs: GroupCustomerPair | GroupCustomerPair[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<{ id: string } | { id: string }[]> {
    const wanted = [pairs].flat();
    const filters = { $or: wanted.map(({ customer_id, customer_group_id }) => ({ customer_id, customer_group_id })) };
    const existing = (await this.memberships.list(filters, {}, sharedContext)) as unknown as (GroupCustomerPair & { id: string })[];
    const keyOf = ({ customer_id, customer_group_id }: GroupCustomerPair) => `${customer_id}:${customer_group_id}`;
    const ids = new Map(existing.map((row) => [keyOf(row), row.id]));
    const missing = wanted.filter((pair) => !ids.has(keyOf(pair)));
    const created = missing.length ? ((await this.memberships.create(missing, sharedContext)) as { id: string }[]) : [];
    missing.forEach((pair, index) => ids.set(keyOf(pair), created[index]!.id));
    const result = wanted.map((pair) => ({ id: ids.get(keyOf(pair))! }));
    return (Array.isArray(pairs) ? result : result[0]) as never;
  }

  /** Takes customers out of groups. */
  @InjectTransactionManager()
  async removeCustomerFromGroup(
    pairs: GroupCustomerPair | GroupCustomerPair[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<void> {
    const filters = { $or: [pairs].flat().map(({ customer_id, customer_group_id }) => ({ customer_id, customer_group_id })) };
    const rows = await this.memberships.list(filters, { select: ["id"] }, sharedContext);
    if (rows.length)
      await this.memberships.delete(
        rows.map(({ id }) => id),
        sharedContext,
      );
  }
}
