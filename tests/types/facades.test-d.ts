import type {
  CalculatedPriceSet,
  Context,
  CreateProductDTO,
  CreateProductWorkflowInputDTO,
  CustomerDTO,
  IMedusaInternalService,
  InferTypeOf,
  INotificationModuleService,
  IProductModuleService,
  MedusaContainer,
  ProductDTO,
  ProductVariantDTO,
  ProviderSendNotificationDTO,
  ProviderSendNotificationResultsDTO,
} from "@medusajs/framework/types";
import {
  AbstractNotificationProviderService,
  ContainerRegistrationKeys,
  MedusaService,
  model,
  Modules,
  ProductStatus,
} from "@medusajs/framework/utils";
import { createStep, createWorkflow, StepResponse, transform, WorkflowResponse } from "@medusajs/framework/workflows-sdk";
import type { MedusaRequest } from "@medusajs/framework/http";
import { z } from "@medusajs/framework/zod";
import { createCustomersWorkflow, createProductsWorkflow, updateProductsWorkflow } from "@medusajs/medusa/core-flows";
import type { ProductModuleService } from "@velella/commerce/modules/product";
import type { ProductDTO as ProductDTOOfTypes } from "@velella/compat-types";
import { model as modelOfUtils } from "@velella/compat-utils";
import { expectTypeOf, test } from "vitest";

declare const container: MedusaContainer;

test("records of the commerce modules are what their models say, however deep, also through declaration files", () => {
  expectTypeOf<ProductDTO["title"]>().toEqualTypeOf<string>();
  expectTypeOf<ProductDTO["status"]>().toEqualTypeOf<"draft" | "proposed" | "published" | "rejected">();
  expectTypeOf<ProductDTO["created_at"]>().toEqualTypeOf<string | Date>();
  expectTypeOf<ProductDTO["variants"][number]["options"][number]["option_id"]>().toEqualTypeOf<string | null>();
  expectTypeOf<NonNullable<ProductVariantDTO["product"]>["categories"][number]["mpath"]>().toEqualTypeOf<string>();
  expectTypeOf<CustomerDTO["addresses"][number]["customer"]["groups"][number]["name"]>().toEqualTypeOf<string>();
  expectTypeOf<CalculatedPriceSet["calculated_amount"]>().toEqualTypeOf<number | null>();
  expectTypeOf<ProductDTOOfTypes>().toEqualTypeOf<ProductDTO>();
  expectTypeOf(modelOfUtils).toEqualTypeOf(model);
});

test("the container knows the modules by name", () => {
  expectTypeOf(container.resolve(Modules.PRODUCT)).toEqualTypeOf<IProductModuleService>();
  expectTypeOf(container.resolve("product")).toEqualTypeOf<ProductModuleService>();
  expectTypeOf(container.resolve(Modules.NOTIFICATION)).toEqualTypeOf<INotificationModuleService>();
  expectTypeOf(container.resolve(ContainerRegistrationKeys.QUERY)).toEqualTypeOf(container.resolve("query"));
  expectTypeOf(container.resolve(ContainerRegistrationKeys.LOGGER).info).toBeFunction();
  expectTypeOf(container.resolve<{ own: true }>("something")).toEqualTypeOf<{ own: true }>();
});

test("rows of a query are typed by its fields, also before an app's own types are written", async () => {
  const query = container.resolve("query");
  const { data } = await query.graph({
    entity: "product",
    fields: ["id", "type.value", "variants.price_set.prices.raw_amount", "*categories"],
  });
  const product = data[0]!;
  expectTypeOf(product.type).toEqualTypeOf<{ id: string; value: string } | null>();
  expectTypeOf(product.variants[0]!.price_set?.prices[0]!.raw_amount.value).toEqualTypeOf<string | undefined>();
  expectTypeOf(product.categories[0]!.rank).toEqualTypeOf<number>();
  // @ts-expect-error -- was not asked for
  void product.title;
  // What may be a link of the app is anything.
  expectTypeOf((await query.graph({ entity: "customers", fields: ["email", "loyalty.points"] })).data[0]!.loyalty).toBeAny();
  // The form without known fields stays as free as it was.
  const config = { entity: "product", fields: ["id"] };
  expectTypeOf((await query.graph(config)).data[0]).toBeAny();
  expectTypeOf((await query.graph(config as never)).data).toBeArray();
});

test("services of the commerce modules say what comes back", () => {
  const products = container.resolve(Modules.PRODUCT);
  expectTypeOf(products.createProducts({ title: "a" })).resolves.toExtend<ProductDTO>();
  expectTypeOf(products.createProducts([{ title: "a" }])).resolves.toExtend<ProductDTO[]>();
  expectTypeOf(products.listProducts({ variants: { sku: "a" } }, { relations: ["variants"] })).resolves.items.toHaveProperty("variants");
  // @ts-expect-error -- a title is text
  void products.createProducts({ title: 1 });
  // @ts-expect-error -- no such property
  void products.listProducts({ titel: "a" });
});

test("hooks get what the workflow has", () => {
  createProductsWorkflow.hooks.productsCreated(
    async ({ products, additional_data }, { container }) => {
      expectTypeOf(products).toExtend<ProductDTO[]>();
      expectTypeOf(products[0]!.variants[0]!.prices[0]!.amount).toEqualTypeOf<number>();
      expectTypeOf(additional_data).toEqualTypeOf<Record<string, unknown> | undefined>();
      expectTypeOf(container).toEqualTypeOf<MedusaContainer>();
      return new StepResponse(
        undefined,
        products.map(({ id }) => id),
      );
    },
    async (ids) => expectTypeOf(ids).toEqualTypeOf<string[] | undefined>(),
  );
  updateProductsWorkflow.hooks.productsUpdated(({ products }) => expectTypeOf(products).toExtend<ProductDTO[]>());
  createCustomersWorkflow.hooks.customersCreated(({ customers }) => expectTypeOf(customers).toExtend<CustomerDTO[]>());
  // @ts-expect-error -- no such hook
  createProductsWorkflow.hooks.productCreated(() => undefined);
});

test("inputs of workflows and services take what their names promise", () => {
  const product: CreateProductWorkflowInputDTO = {
    title: "Sail",
    status: ProductStatus.PUBLISHED,
    options: [{ title: "Size", values: ["S"] }],
    variants: [{ title: "S", options: { Size: "S" }, prices: [{ currency_code: "eur", amount: 10 }] }],
  };
  expectTypeOf(createProductsWorkflow(container).run).toBeCallableWith({ input: { products: [product], additional_data: { a: 1 } } });
  expectTypeOf<CreateProductDTO>().toHaveProperty("variants");
  // @ts-expect-error -- a product has a title
  void createProductsWorkflow(container).run({ input: { products: [{ options: [] }] } });
});

test("a workflow takes its input from a model, and its steps pass on what they returned", () => {
  const Review = model.define("review", { id: model.id().primaryKey(), text: model.text(), stars: model.number().nullable() });
  class ReviewService extends MedusaService({ Review }) {}
  type ReviewInput = Parameters<ReviewService["createReviews"]>[0];
  const createReview = createStep(
    "create-review",
    async (input: Pick<InferTypeOf<typeof Review>, "text"> & { stars?: number | null }, { container }) => {
      const review = await container.resolve<ReviewService>("review").createReviews(input);
      return new StepResponse(review, review.id);
    },
  );
  const workflow = createWorkflow("create-review", (input: { text: string; stars?: number | null }) => {
    const review = createReview(input);
    const summary = transform({ review, input }, ({ review, input }) => {
      expectTypeOf(review.stars).toEqualTypeOf<number | null>();
      return { id: review.id, short: input.text.slice(0, 10) };
    });
    return new WorkflowResponse(summary);
  });
  expectTypeOf<{ text: string }>().toExtend<ReviewInput>();
  expectTypeOf(workflow(container).run({ input: { text: "a" } }))
    .resolves.toHaveProperty("result")
    .toEqualTypeOf<{ id: string; short: string }>();
});

test("models in a circle go through steps and transforms as their rows, and what services take as what they take", async () => {
  const Artist = model.define("artist", {
    id: model.id().primaryKey(),
    name: model.text(),
    worth: model.bigNumber(),
    born: model.dateTime().nullable(),
    albums: model.hasMany(() => Album, { mappedBy: "artist" }),
  });
  const Album = model.define("album", { id: model.id().primaryKey(), title: model.text(), artist: model.belongsTo(() => Artist) });
  class ArtistService extends MedusaService({ Artist, Album }) {}
  type ArtistRow = InferTypeOf<typeof Artist>;
  type NewArtists = Parameters<ArtistService["createArtists"]>[0];

  const rename = createStep(
    "rename",
    async (input: ArtistRow, { container }) => {
      const artist = await container.resolve<ArtistService>("artist").updateArtists({ id: input.id, name: input.name });
      expectTypeOf(artist).toEqualTypeOf<ArtistRow>();
      return new StepResponse(artist, artist.id);
    },
    async (id) => expectTypeOf(id).toEqualTypeOf<string | undefined>(),
  );
  const create = createStep(
    "create",
    async (input: NewArtists, { container }) => new StepResponse(await container.resolve<ArtistService>("artist").createArtists(input)),
  );
  const workflow = createWorkflow("of-artists", (input: ArtistRow & { more: NewArtists }) => {
    const artist = rename(input);
    const titles = transform({ artist, input }, ({ artist, input }) => {
      expectTypeOf(artist.albums[0]!.artist.albums[0]!.title).toEqualTypeOf<string>();
      return input.albums.map(({ title }) => title);
    });
    create(input.more);
    create({ name: "x", worth: 1 });
    // @ts-expect-error -- a name is text
    create({ name: 1 });
    return new WorkflowResponse({ titles, worth: artist.worth });
  });
  expectTypeOf(workflow(container).run({ input: {} as ArtistRow & { more: NewArtists } }))
    .resolves.toHaveProperty("result")
    .toEqualTypeOf<{ titles: string[]; worth: number }>();
  // @ts-expect-error -- half an artist
  void workflow(container).run({ input: { id: "x", more: [] } });
});

test("a request carries the body of its schema", () => {
  const schema = z.object({ name: z.string(), rank: z.number().optional() });
  expectTypeOf<MedusaRequest<z.infer<typeof schema>>["validatedBody"]>().toEqualTypeOf<{ name: string; rank?: number | undefined }>();
});

test("providers and internal services are typed", () => {
  class Mail extends AbstractNotificationProviderService {
    static override identifier = "mail";
    override async send(message: ProviderSendNotificationDTO): Promise<ProviderSendNotificationResultsDTO> {
      return { id: `${message.to}:${message.template}` };
    }
  }
  expectTypeOf<Mail>().toExtend<AbstractNotificationProviderService>();
  expectTypeOf<IMedusaInternalService["list"]>().toBeFunction();
  expectTypeOf<Context>().toHaveProperty("transactionManager");
});
