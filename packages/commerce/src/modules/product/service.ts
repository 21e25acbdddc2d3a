import { InjectTransactionManager, SharedContextParam } from "@velella/data";
import type { BaseRepository, LinkableKeys } from "@velella/data";
import type { SharedContext } from "@velella/kernel";
import { CommerceService } from "../commerce-service";
import { mergeMetadata } from "../metadata";
import { changesFrom, splitContext } from "../update-arguments";
import type { UpdateArguments } from "../update-arguments";
import { createProducts } from "./create-products";
import { toHandle } from "./handle";
import * as models from "./models";
import { closeGaps, createCategories, refuseParents, updateCategories } from "./product-categories";
import { addOptionsToProducts, changeUsedValues, createOptions, removeOptionsFromProducts } from "./product-options";
import type { ProductOptionPair } from "./product-options";
import { createVariants, updateVariants } from "./product-variants";
import { productRecords } from "./records";
import type { ProductRecords } from "./records";
import type {
  CreateProductCategoryInput,
  CreateProductCollectionInput,
  CreateProductInput,
  CreateProductOptionInput,
  CreateProductVariantInput,
  ProductCategoryRecord,
  ProductCollectionRecord,
  ProductOptionRecord,
  ProductRecord,
  ProductVariantRecord,
  UpdateProductInput,
  UpdateProductVariantInput,
} from "./types";
import { updateProducts } from "./update-products";

type Own =
  | "createProducts"
  | "updateProducts"
  | "createProductVariants"
  | "updateProductVariants"
  | "createProductOptions"
  | "updateProductOptions"
  | "createProductCollections"
  | "createProductCategories"
  | "updateProductCategories"
  | "softDeleteProductCategories"
  | "deleteProductCategories";

/** What the update methods return: a record for one id or object, a list otherwise. */
type Updated<First, Row> = First extends string ? Row : First extends readonly unknown[] ? Row[] : Row | Row[];

/** Products, their variants and options, and the words that sort them. */
export class ProductModuleService extends CommerceService<Own>()(models) {
  private readonly records: ProductRecords;

  constructor(cradle: { baseRepository: BaseRepository }, options: object = {}) {
    super(cradle, options);
    this.records = productRecords(cradle.baseRepository);
  }

  /**
   * Creates products with their options, variants and images.
   *
   * @throws invalid_data for a handle or sku that is taken, and for values that an option does not have.
   */
  createProducts(data: CreateProductInput[], sharedContext?: SharedContext): Promise<ProductRecord[]>;
  createProducts(data: CreateProductInput, sharedContext?: SharedContext): Promise<ProductRecord>;
  @InjectTransactionManager()
  async createProducts(
    data: CreateProductInput | CreateProductInput[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<ProductRecord | ProductRecord[]> {
    const created = await createProducts(this.records, [data].flat(), sharedContext);
    return (Array.isArray(data) ? created : created[0]) as never;
  }

  /** Changes products by id, by a selector, or as objects with their ids; lists such as images replace what there was. */
  async updateProducts<T extends string | object>(...args: UpdateArguments<T, UpdateProductInput>): Promise<Updated<T, ProductRecord>> {
    return this.updateBy(args, "Products", (changes, context) => updateProducts(this.records, changes as never, context)) as never;
  }

  /** Creates variants of existing products. */
  createProductVariants(data: CreateProductVariantInput[], sharedContext?: SharedContext): Promise<ProductVariantRecord[]>;
  createProductVariants(data: CreateProductVariantInput, sharedContext?: SharedContext): Promise<ProductVariantRecord>;
  @InjectTransactionManager()
  async createProductVariants(
    data: CreateProductVariantInput | CreateProductVariantInput[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<ProductVariantRecord | ProductVariantRecord[]> {
    const created = await createVariants(this.records, [data].flat(), sharedContext);
    return (Array.isArray(data) ? created : created[0]) as never;
  }

  /** Changes variants; a choice of options replaces the former one. */
  async updateProductVariants<T extends string | object>(
    ...args: UpdateArguments<T, UpdateProductVariantInput>
  ): Promise<Updated<T, ProductVariantRecord>> {
    return this.updateBy(args, "ProductVariants", (changes, context) => updateVariants(this.records, changes as never, context)) as never;
  }

  /** Creates options with their values, shared by products unless said otherwise. */
  createProductOptions(data: CreateProductOptionInput[], sharedContext?: SharedContext): Promise<ProductOptionRecord[]>;
  createProductOptions(data: CreateProductOptionInput, sharedContext?: SharedContext): Promise<ProductOptionRecord>;
  @InjectTransactionManager()
  async createProductOptions(
    data: CreateProductOptionInput | CreateProductOptionInput[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<ProductOptionRecord | ProductOptionRecord[]> {
    const created = await createOptions(this.records, [data].flat(), sharedContext);
    return (Array.isArray(data) ? created : created[0]) as never;
  }

  /** Adds options to products. */
  addProductOptionToProduct(pairs: ProductOptionPair[], sharedContext?: SharedContext): Promise<{ id: string }[]>;
  addProductOptionToProduct(pairs: ProductOptionPair, sharedContext?: SharedContext): Promise<{ id: string }>;
  @InjectTransactionManager()
  async addProductOptionToProduct(
    pairs: ProductOptionPair | ProductOptionPair[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<{ id: string } | { id: string }[]> {
    const added = await addOptionsToProducts(this.records, [pairs].flat(), sharedContext);
    return (Array.isArray(pairs) ? added : added[0]) as never;
  }

  /** Takes options from products, and returns the ids of those that were there. */
  @InjectTransactionManager()
  async removeProductOptionFromProduct(
    pairs: ProductOptionPair | ProductOptionPair[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<string[]> {
    return removeOptionsFromProducts(this.records, [pairs].flat(), sharedContext);
  }

  /** Says which values of its options a product uses. */
  @InjectTransactionManager()
  async updateProductOptionValuesOnProduct(
    updates: OptionValueChange | OptionValueChange[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<void> {
    await changeUsedValues(this.records, [updates].flat(), sharedContext);
  }

  /** Shows images with variants. */
  @InjectTransactionManager()
  async addImageToVariant(
    pairs: { image_id: string; variant_id: string }[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<{ id: string }[]> {
    return (await this.records.variantImages.create(pairs, sharedContext)) as { id: string }[];
  }

  /** Shows images with variants no longer. */
  @InjectTransactionManager()
  async removeImageFromVariant(
    pairs: { image_id: string; variant_id: string }[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<void> {
    for (const pair of pairs) await this.records.variantImages.delete(pair, sharedContext);
  }

  /** Creates collections; the handle is made from the title where none is given. */
  createProductCollections(data: CreateProductCollectionInput[], sharedContext?: SharedContext): Promise<ProductCollectionRecord[]>;
  createProductCollections(data: CreateProductCollectionInput, sharedContext?: SharedContext): Promise<ProductCollectionRecord>;
  @InjectTransactionManager()
  async createProductCollections(
    data: CreateProductCollectionInput | CreateProductCollectionInput[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<ProductCollectionRecord | ProductCollectionRecord[]> {
    const rows = [data].flat().map((input) => ({
      ...input,
      handle: input.handle ?? toHandle(input.title),
    }));
    const created = (await this.records.collections.create(rows, sharedContext)) as unknown as ProductCollectionRecord[];
    return (Array.isArray(data) ? created : created[0]) as never;
  }

  /** Creates categories at their place in the tree. */
  createProductCategories(data: CreateProductCategoryInput[], sharedContext?: SharedContext): Promise<ProductCategoryRecord[]>;
  createProductCategories(data: CreateProductCategoryInput, sharedContext?: SharedContext): Promise<ProductCategoryRecord>;
  @InjectTransactionManager()
  async createProductCategories(
    data: CreateProductCategoryInput | CreateProductCategoryInput[],
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<ProductCategoryRecord | ProductCategoryRecord[]> {
    const created = await createCategories(this.records, [data].flat(), sharedContext);
    return (Array.isArray(data) ? created : created[0]) as never;
  }

  /** Changes and moves categories. */
  async updateProductCategories<T extends string | object>(
    ...args: UpdateArguments<T, Partial<CreateProductCategoryInput>>
  ): Promise<Updated<T, ProductCategoryRecord>> {
    return this.updateBy(args, "ProductCategories", (changes, context) =>
      updateCategories(this.records, changes as never, context),
    ) as never;
  }

  /** Deletes categories without children, softly. */
  @InjectTransactionManager()
  async softDeleteProductCategories(
    ids: string[],
    config: { returnLinkableKeys?: string[] } = {},
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<LinkableKeys | void> {
    await refuseParents(this.records, ids, sharedContext);
    await closeGaps(this.records, ids, sharedContext);
    return this.records.categories.softDelete(ids, config, sharedContext);
  }

  /** Deletes categories without children, for good. */
  @InjectTransactionManager()
  async deleteProductCategories(ids: string[], @SharedContextParam() sharedContext: SharedContext = {}): Promise<void> {
    await refuseParents(this.records, ids, sharedContext);
    await closeGaps(this.records, ids, sharedContext);
    await this.records.categories.delete(ids, sharedContext);
  }

  /** Changes options; the list of values replaces the former one: values that are named stay as they are. */
  async updateProductOptions<T extends string | object>(
    ...args: UpdateArguments<T, Partial<CreateProductOptionInput>>
  ): Promise<Updated<T, ProductOptionRecord>> {
    return this.updateBy(args, "ProductOptions", (changes, context) => this.changeOptions(changes as never, context)) as never;
  }

  private async changeOptions(
    changes: (Partial<CreateProductOptionInput> & { id: string })[],
    context: SharedContext,
  ): Promise<ProductOptionRecord[]> {
    const former = (await this.records.options.list(
      { id: changes.map(({ id }) => id) },
      { relations: ["values"] },
      context,
    )) as unknown as ProductOptionRecord[];
    const byId = new Map(former.map((option) => [option.id, option]));
    for (const { values, ranks = {}, ...change } of changes) {
      const option = byId.get(change.id);
      const metadata = change.metadata && option ? mergeMetadata(option.metadata, change.metadata) : change.metadata;
      await this.records.options.update({ ...change, ...(metadata !== undefined && { metadata }) }, context);
      if (!option) continue;
      const fresh = values?.filter((value) => !option.values.some((known) => known.value === value)) ?? [];
      const gone = values ? option.values.filter((known) => !values.includes(known.value)).map(({ id }) => id) : [];
      if (gone.length) await this.records.optionValues.softDelete(gone, {}, context);
      const ranked = option.values.filter((known) => ranks[known.value] !== undefined && !gone.includes(known.id));
      if (ranked.length)
        await this.records.optionValues.update(
          ranked.map(({ id, value }) => ({ id, rank: ranks[value] })),
          context,
        );
      if (fresh.length)
        await this.records.optionValues.create(
          fresh.map((value) => ({ value, rank: ranks[value] ?? null, option_id: option.id })),
          context,
        );
    }
    const rows = (await this.records.options.list(
      { id: changes.map(({ id }) => id) },
      { relations: ["values"] },
      context,
    )) as unknown as ProductOptionRecord[];
    const updated = new Map(rows.map((row) => [row.id, row]));
    return changes.map(({ id }) => updated.get(id)!);
  }

  private async updateBy(
    args: readonly unknown[],
    kind: string,
    update: (changes: object[], context: SharedContext) => Promise<unknown[]>,
  ): Promise<unknown> {
    const split = splitContext(args);
    return this.inTransaction(split.args, kind, update, split.sharedContext);
  }

  @InjectTransactionManager()
  protected async inTransaction(
    args: readonly unknown[],
    kind: string,
    update: (changes: object[], context: SharedContext) => Promise<unknown[]>,
    @SharedContextParam() sharedContext: SharedContext = {},
  ): Promise<unknown> {
    const { changes, single } = await changesFrom(this, kind, args, sharedContext);
    const updated = await update(changes, sharedContext);
    return single ? updated[0] : updated;
  }
}

interface OptionValueChange {
  product_id: string;
  product_option_id: string;
  /** Ids of values to use. */
  add?: string[];
  /** Ids of values not to use any longer. */
  remove?: string[];
}
