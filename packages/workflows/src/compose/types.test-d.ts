import { createContainer } from "@velella/kernel";
import { expectTypeOf } from "vitest";
import { createHook, createStep, createWorkflow, parallelize, StepResponse, transform, when, WorkflowResponse } from "../index";
import type { WorkflowData } from "../index";

interface Artist {
  id: string;
  name: string;
  born_at?: Date | null;
}

const createArtist = createStep(
  "create-artist",
  async (input: { name: string }) => new StepResponse({ id: "1", name: input.name } as Artist, { id: "1" }),
  async (data) => expectTypeOf(data).toEqualTypeOf<{ id: string } | undefined>(),
);
const plainReturn = createStep(
  "plain",
  async (text: string) => text.length,
  async (data) => expectTypeOf(data).toEqualTypeOf<number | undefined>(),
);
const branches = createStep(
  "branches",
  async (links: string[]) => {
    if (!links.length) return new StepResponse([], []);
    return new StepResponse(links, links);
  },
  async (data) => expectTypeOf(data).toEqualTypeOf<string[] | undefined>(),
);
const nothing = createStep("nothing", async () => {});
const permanent = createStep(
  "permanent",
  async () => StepResponse.permanentFailure("no", { left: 1 }),
  async () => undefined,
);

const sum = createWorkflow(
  "sum",
  (input: { a: number; b: number }) => new WorkflowResponse(plainReturn(transform({ input }, ({ input }) => `${input.a}`))),
);

const workflow = createWorkflow("typed", (input: { name: string; tags?: string[]; fail?: "a" | "b" }) => {
  const artist = createArtist(input);
  createArtist({ name: input.name }).config({ name: "by-property" });
  const length = plainReturn(artist.name);
  nothing();
  permanent();
  // @ts-expect-error -- a number is no artist
  createArtist({ name: 5 });
  // @ts-expect-error -- the input is missing
  createArtist();

  const mapped = transform({ artist, length, input }, (values) => {
    expectTypeOf(values.artist).toEqualTypeOf<Artist>();
    expectTypeOf(values.length).toEqualTypeOf<number>();
    expectTypeOf(values.input.tags).toEqualTypeOf<string[] | undefined>();
    return [values.artist];
  });
  transform([mapped, length] as const, ([artists]) => expectTypeOf(artists).toEqualTypeOf<Artist[]>());
  transform(mapped, (artists) => expectTypeOf(artists).toEqualTypeOf<Artist[]>());
  const piped = transform(
    length,
    (n) => `${n}`,
    async (text) => [text],
  );
  expectTypeOf(transform({ piped }, ({ piped: value }) => value)).toEqualTypeOf<WorkflowData<string[]>>();

  const maybe = when("tags", { input }, ({ input: value }) => !!value.tags?.length).then(() => plainReturn("x").config({ name: "y" }));
  transform({ maybe }, (values) => expectTypeOf(values.maybe).toEqualTypeOf<number | undefined>());
  const [a, b] = parallelize(branches(["a"]), plainReturn("b").config({ name: "b" }));
  const nested = sum.runAsStep({ input: { a: length, b: 2 } });
  const hook = createHook("made", { artist, tags: input.tags, nested });
  const checked = createHook("checked", { id: artist.id }, { resultValidator: { parse: (value: unknown) => String(value) } });
  const result = transform({ checked: checked.getResult() }, (values) => {
    expectTypeOf(values.checked).toEqualTypeOf<string>();
    return 1;
  });
  return new WorkflowResponse({ artist, maybe, a, b, nested, result, deep: { artist } }, { hooks: [hook, checked] });
});

type Result = Awaited<ReturnType<ReturnType<typeof workflow>["run"]>>["result"];
expectTypeOf<Result>().toEqualTypeOf<{
  artist: Artist;
  maybe: number | undefined;
  a: string[];
  b: number;
  nested: number;
  result: number;
  deep: { artist: Artist };
}>();

workflow.hooks.made(
  async (payload, { container }) => {
    expectTypeOf(payload).toEqualTypeOf<{ artist: Artist; tags: string[] | undefined; nested: number }>();
    expectTypeOf(container.resolve<string>("x")).toEqualTypeOf<string>();
    return new StepResponse([], payload.artist.name);
  },
  async (name) => expectTypeOf(name).toEqualTypeOf<string | undefined>(),
);
workflow.hooks.checked((payload) => expectTypeOf(payload).toEqualTypeOf<{ id: string }>());
// @ts-expect-error -- there is no such hook
workflow.hooks.other(() => 1);

void workflow(createContainer()).run({ input: { name: "x", fail: "a" } });
// @ts-expect-error -- not one of the values
void workflow(createContainer()).run({ input: { name: "x", fail: "c" } });

const annotated = createWorkflow(
  "annotated",
  (input: WorkflowData<{ n: number }>) => new WorkflowResponse(plainReturn(transform(input, ({ n }) => `${n}`))),
);
expectTypeOf(annotated().run).parameter(0).toMatchTypeOf<{ input?: { n: number } } | undefined>();
const silent = createWorkflow("silent", () => void nothing());
expectTypeOf<Awaited<ReturnType<ReturnType<typeof silent>["run"]>>["result"]>().toEqualTypeOf<undefined>();
const explicit = createWorkflow<{ n: number }, number, []>(
  "explicit",
  (input) => new WorkflowResponse(plainReturn(transform(input, ({ n }) => `${n}`))),
);
expectTypeOf<Awaited<ReturnType<ReturnType<typeof explicit>["run"]>>["result"]>().toEqualTypeOf<number>();
