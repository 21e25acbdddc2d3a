import { createAppRegistries, loadInto } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createHook, createStep, createWorkflow, parallelize, StepResponse, transform, when, WorkflowResponse } from "../index";
import type { ReturnWorkflow, WorkflowExecution } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

// A run that waits while the code changes: begun with one release, it goes on with the next.

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

let trace: unknown[];
beforeEach(() => (trace = []));

type Files = (file: string, define: () => void) => void;
type Release = (load: Files) => void;

/** A release of one file. */
const only =
  (define: () => void): Release =>
  (load) =>
    load("/srv/release/src/workflows/deployed.ts", define);

const define = (composer: (input: { n: number }) => unknown, options: object = {}) =>
  only(() => void createWorkflow({ name: "deployed", store: true, ...options }, composer as () => void));

const use = (name: string, options: object = {}) =>
  createStep(
    { name, ...options },
    async (input: unknown) => {
      trace.push([name, input]);
      return new StepResponse(input, `${name}'s`);
    },
    async (data) => void trace.push(["undo", name, data]),
  );
const pure = (name: string) => createStep({ name, pure: true }, async (input: unknown) => (trace.push([name, input]), input));
const wait = createStep({ name: "wait", async: true }, async () => undefined);
const fail = createStep("fail", async (): Promise<void> => {
  throw new Error("as asked");
});

let runs = 0;

/** Runs up to the step "wait" with one release, and on from there with another. */
async function roll(before: Release, after: Release): Promise<WorkflowExecution | undefined> {
  const transactionId = `roll-${++runs}`;
  const engineOf = (release: Release) => {
    const registries = createAppRegistries();
    release((file, define) => loadInto(registries, file, define));
    return tests.engine({ registries }).engine;
  };
  const find = async (engine: ReturnType<typeof engineOf>) =>
    (await engine.listWorkflowExecutions({ transaction_id: transactionId })).at(0);
  const first = engineOf(before);
  await first.run("deployed", { input: { n: 1 }, transactionId });
  await eventually(
    () => find(first),
    (found) => found?.execution.owner === null,
  );
  await first.stop();
  const second = engineOf(after);
  await second.start();
  await second.setStepSuccess({ idempotencyKey: { workflowId: "deployed", transactionId, stepId: "wait" } });
  const ended = await eventually(
    () => find(second),
    (found) => Boolean(found?.execution.parked) || ["done", "reverted", "failed"].includes(found?.state ?? ""),
  );
  await second.stop();
  return ended;
}

const done = { state: "done", execution: { parked: null } };
const parked = (reason: string) => ({ state: "invoking", execution: { parked: expect.stringContaining(reason) as string } });

describe("values of transforms", () => {
  const total = (input: { n: number }) => transform({ input }, () => ({ total: trace.push("total computed") }));
  const before = define((input) => {
    const value = total(input);
    use("use")(value);
    wait();
    use("last")(value);
  });

  test("stay with their transform when another one is added before it", async () => {
    const after = define((input) => {
      const discount = transform({ input }, () => "the discount");
      const value = total(input);
      use("use")(value);
      wait();
      use("last")({ value, discount });
    });
    expect(await roll(before, after)).toMatchObject(done);
    expect(trace).toStrictEqual(["total computed", ["use", { total: 1 }], ["last", { value: { total: 1 }, discount: "the discount" }]]);
  });

  test("stay with it when it feeds something else first", async () => {
    const after = define((input) => {
      const value = total(input);
      const doubled = transform({ value }, ({ value: { total: n } }) => n * 2);
      use("use")(doubled);
      wait();
      use("last")({ value, doubled });
    });
    expect(await roll(before, after)).toMatchObject(done);
    expect(trace.at(-1)).toStrictEqual(["last", { value: { total: 1 }, doubled: 2 }]);
  });

  test("are taken by a transform that does something else now, in a workflow of the same shape", async () => {
    const after = define((input) => {
      const value = transform({ input }, () => ({ total: "computed anew" }));
      use("use")(value);
      wait();
      use("last")(value);
    });
    expect(await roll(before, after)).toMatchObject(done);
    expect(trace.at(-1)).toStrictEqual(["last", { total: 1 }]);
  });

  test("park the run when the transform does something else, and the workflow has another shape", async () => {
    const after = define((input) => {
      const value = transform({ input }, () => ({ total: "computed anew" }));
      use("use")(value);
      wait();
      use("last")(value);
      use("more")(transform({ value }, () => 1));
    });
    const reason =
      'A value was computed by the transform that feeds "use", and of transforms the code now has none that reads and does the same.';
    expect(await roll(before, after)).toMatchObject(parked(reason));
    expect(trace).toStrictEqual(["total computed", ["use", { total: 1 }]]);
  });

  test("park the run when nothing reads them any more", async () => {
    const after = define(() => {
      use("use")("a constant");
      wait();
    });
    expect(await roll(before, after)).toMatchObject(parked('the transform that feeds "use"'));
  });

  test("stay in their places among transforms that look alike", async () => {
    const pick = (input: { n: number }, what: string) => transform({ input }, () => what);
    const two = define((input) => {
      use("one")(pick(input, "first"));
      use("two")(pick(input, "second"));
      wait();
    });
    const three = define((input) => {
      use("zero")(pick(input, "new"));
      use("one")(pick(input, "not computed anew"));
      const second = pick(input, "not computed anew");
      use("two")(second);
      wait();
      use("last")(second);
    });
    expect(await roll(two, three)).toMatchObject(done);
    expect(trace.slice(2)).toStrictEqual([
      ["zero", "new"],
      ["last", "second"],
    ]);
    const moved = define((input) => {
      use("one")({ value: pick(input, "") });
      use("two")({ value: pick(input, "") });
      wait();
    });
    expect(await roll(two, moved)).toMatchObject(parked("2 that it may belong to"));
  });

  test("stay with it in a nested workflow", async () => {
    let release = "the first";
    const nested = (more: boolean) =>
      define((input) => {
        const inner = createWorkflow("inner", (given: { n: number }) => {
          const added = more ? transform({ given }, () => "added") : undefined;
          const value = transform({ given }, () => `computed by ${release}`);
          use("within")({ value, added });
          wait();
          // What feeds the step comes from the journal, and this from whoever is at work.
          return new WorkflowResponse({ value, now: transform({ given }, () => release) });
        });
        use("after")(inner.runAsStep({ input }));
      });
    const after = nested(true);
    const next: Release = (load) => {
      release = "the second";
      after(load);
    };
    expect(await roll(nested(false), next)).toMatchObject(done);
    expect(trace.at(-1)).toStrictEqual(["after", { value: "computed by the first", now: "the second" }]);
  });
});

describe("decisions of conditions", () => {
  const ok = (input: { n: number }) => when({ input }, ({ input: { n } }) => n === 1).then(() => use("ok")(1));

  test("are not taken for those of a condition that is added before", async () => {
    const before = define((input) => {
      ok(input);
      wait();
    });
    const after = define((input) => {
      when({ input }, () => false).then(() => use("danger")(1));
      ok(input);
      wait();
    });
    expect(await roll(before, after)).toMatchObject(done);
    expect(trace).toStrictEqual([["ok", 1]]);
  });

  test("stay when what the condition guards gets a step before its first", async () => {
    const before = define((input) => {
      ok(input);
      wait();
    });
    const after = define((input) => {
      when({ input }, ({ input: { n } }) => n === 1).then(() => {
        use("earlier")(0);
        use("ok")(1);
      });
      wait();
    });
    expect(await roll(before, after)).toMatchObject(done);
    expect(trace).toStrictEqual([
      ["ok", 1],
      ["earlier", 0],
    ]);
  });

  test("park the run when the condition is another one in another place, unless it has its name", async () => {
    const conditional = (name: string | undefined, wanted: number, first: string) =>
      define((input) => {
        const condition = ({ input: { n } }: { input: { n: number } }) => n === wanted;
        const edited = ({ input: { n } }: { input: { n: number } }) => n >= wanted;
        const guard = (then: () => void) => {
          const fn = wanted === 1 ? condition : edited;
          if (name) when(name, { input }, fn).then(then);
          else when({ input }, fn).then(then);
        };
        guard(() => {
          use(first)(1);
          if (first !== "ok") use("ok")(1);
        });
        wait();
      });
    expect(await roll(conditional(undefined, 1, "ok"), conditional(undefined, 5, "first"))).toMatchObject(
      parked('A condition without a name, around "ok", was decided'),
    );
    trace.length = 0;
    expect(await roll(conditional("guard", 1, "ok"), conditional("guard", 5, "first"))).toMatchObject(done);
    expect(trace).toStrictEqual([
      ["ok", 1],
      ["first", 1],
    ]);
  });

  test("park the run when they, or what they decided, would be lost", async () => {
    const named = define((input) => {
      when("go", { input }, () => true).then(() => use("ok")(1));
      wait();
    });
    const bare = define(() => {
      use("ok")(1);
      wait();
    });
    expect(await roll(named, bare)).toMatchObject(parked('no longer has the condition "when#go", which was decided'));
    const guarded = define((input) => {
      when("go", { input }, () => false).then(() => use("ok")(1));
      wait();
    });
    expect(await roll(bare, guarded)).toMatchObject(
      parked('Step "ok" has run, and now depends on the condition "when#go", which was not decided so.'),
    );
  });
});

describe("steps", () => {
  const withStep = (step: ReturnType<typeof use>, fails: boolean) =>
    define(() => {
      const value = step("looked up");
      wait();
      if (fails) fail();
      return new WorkflowResponse(value);
    });
  const output = { context: { data: { output: "looked up" } } };

  test("that became pure keep what they returned", async () => {
    expect(await roll(withStep(use("look"), false), withStep(pure("look"), false))).toMatchObject({ ...done, ...output });
    expect(trace).toStrictEqual([["look", "looked up"]]);
  });

  test("that were pure keep what they returned, and have nothing to undo", async () => {
    expect(await roll(withStep(pure("look"), false), withStep(use("look"), false))).toMatchObject({ ...done, ...output });
    expect(await roll(withStep(pure("look"), true), withStep(use("look"), true))).toMatchObject({ state: "reverted" });
    expect(trace).toStrictEqual([
      ["look", "looked up"],
      ["look", "looked up"],
    ]);
    for (const transactional of [true, "shared"]) {
      trace.length = 0;
      const two = (first: ReturnType<typeof use>, second: ReturnType<typeof use>) =>
        define(() => {
          first(1);
          second(2);
          wait();
        });
      const after = two(use("look", { transactional }), use("more", { transactional }));
      expect(await roll(two(pure("look"), pure("more")), after)).toMatchObject(done);
      expect(trace).toStrictEqual([
        ["look", 1],
        ["more", 2],
      ]);
    }
  });

  test("that are gone park the run, pure ones too", async () => {
    const without = define(() => void wait());
    for (const step of [use("look"), pure("look")])
      expect(await roll(withStep(step, false), without)).toMatchObject(parked('The code no longer has the step "look", which has run.'));
  });

  test("may be added, and those that were not reached removed, whatever the version is called", async () => {
    const before = define(
      (input) => {
        parallelize(use("a")(transform({ input }, () => 1)), use("b")(2));
        wait();
        use("dropped")(transform({ input }, () => 3));
      },
      { version: "2026/11" },
    );
    const after = define(
      (input) => {
        parallelize(use("a")(transform({ input }, () => 1)), use("b")(2), use("c")(transform({ input }, () => 3)));
        wait();
        use("added")(transform({ input }, () => 4));
      },
      { version: "2026/11" },
    );
    expect(await roll(before, after)).toMatchObject(done);
    expect(new Set(trace.slice(0, 2).map(String))).toStrictEqual(new Set(["a,1", "b,2"]));
    expect(trace.slice(2)).toStrictEqual([
      ["c", 3],
      ["added", 4],
    ]);
  });
});

describe("handlers of hooks", () => {
  type Hooked = ReturnWorkflow<unknown, unknown, [ReturnType<typeof createHook<"made", object>>]>;
  const withHandlers =
    (folder: string, ending: string, files: Record<string, string[]>, fails = true): Release =>
    (load) => {
      let workflow = undefined as unknown as Hooked;
      load(`${folder}/src/workflows/deployed.${ending}`, () => {
        workflow = createWorkflow({ name: "deployed", store: true }, () => {
          const made = createHook("made", {});
          wait();
          if (fails) fail();
          return new WorkflowResponse(1, { hooks: [made] });
        });
      });
      for (const [file, names] of Object.entries(files))
        load(`${folder}/src/hooks/${file}.${ending}`, () => {
          for (const name of names)
            workflow.hooks.made(
              async () => (trace.push(`${name} ran`), new StepResponse(1, `${name}'s`)),
              async (data) => void trace.push(`${name} undone with ${String(data)}`),
            );
        });
    };

  test("keep what is theirs when a file before theirs registers one, from another folder", async () => {
    const before = withHandlers("/srv/1", "ts", { "b/old": ["old"] });
    const after = withHandlers("/srv/2", "js", { "a/old": ["new"], "b/old": ["old"] });
    expect(await roll(before, after)).toMatchObject({ state: "reverted" });
    expect(trace).toStrictEqual(["old ran", "new ran", "old undone with old's", "new undone with new's"]);
  });

  test("park the run when they are gone, or cannot be told from others of their file", async () => {
    const before = withHandlers("/srv/1", "ts", { one: ["one"] }, false);
    expect(await roll(before, withHandlers("/srv/1", "ts", {}, false))).toMatchObject(
      parked('no longer has the handler "made@hooks/one" of a hook'),
    );
    expect(await roll(before, withHandlers("/srv/1", "ts", { one: ["another", "one"] }, false))).toMatchObject(
      parked('handler "made@hooks/one"'),
    );
    const two = withHandlers("/srv/1", "ts", { one: ["one", "two"] }, false);
    expect(await roll(two, two)).toMatchObject(done);
  });
});

test("what was done is not skipped when the failure before it says so only now", async () => {
  const release = (options: object) =>
    only(() => {
      const inner = createWorkflow("deployed-inner", (input: unknown) => new WorkflowResponse(use("inmost")(input)));
      const workflow = createWorkflow({ name: "deployed", store: true }, (input: { n: number }) => {
        createStep({ name: "breaks", ...options }, async (): Promise<void> => {
          throw new Error("tolerated");
        })();
        const alone = use("alone")(input.n);
        const nested = inner.runAsStep({ input: input.n });
        const made = when("holds", {}, () => true).then(() => use("in a condition")(input.n));
        const handled = createHook("handled", { alone });
        wait();
        use("skipped")(1);
        use("last")({ alone, nested, made });
        fail();
        return new WorkflowResponse(undefined, { hooks: [handled] });
      });
      workflow.hooks.handled(
        ({ alone }) => new StepResponse(alone, "the handler's"),
        (data) => void trace.push(["undo", "handler", data]),
      );
    });
  const ended = await roll(release({ continueOnPermanentFailure: true }), release({ skipOnPermanentFailure: "last" }));
  expect(ended).toMatchObject({ state: "reverted" });
  expect(trace.slice(3)).toStrictEqual([
    ["last", { alone: 1, nested: 1, made: 1 }],
    ["undo", "last", "last's"],
    ["undo", "handler", "the handler's"],
    ["undo", "in a condition", "in a condition's"],
    ["undo", "inmost", "inmost's"],
    ["undo", "alone", "alone's"],
  ]);
});

test("a run that goes back does nothing new, whatever the code has new", async () => {
  let broken = true;
  const stubborn = createStep(
    { name: "stubborn", maxRetries: 50, retryInterval: 0.05 },
    async () => 1,
    async () => {
      trace.push("undo stubborn");
      if (broken) throw new Error("not yet");
    },
  );
  const going = (added: boolean) =>
    define(() => {
      stubborn();
      wait();
      if (added) {
        use("new", { transactional: "shared" })(1);
        use("newer", { transactional: "shared" })(2);
      }
      fail();
    });
  const registries = createAppRegistries();
  going(false)((file, load) => loadInto(registries, file, load));
  const first = tests.engine({ registries }).engine;
  await first.start();
  await first.run("deployed", { input: { n: 1 }, transactionId: "back" });
  await eventually(
    () =>
      first.setStepSuccess({ idempotencyKey: "deployed:back:wait:invoke" }).then(
        () => true,
        () => false,
      ),
    Boolean,
  );
  await eventually(
    () => trace.length,
    (n) => n > 0,
  );
  await first.stop();
  broken = false;
  const next = createAppRegistries();
  going(true)((file, load) => loadInto(next, file, load));
  const second = tests.engine({ registries: next }).engine;
  await second.start();
  const state = async () => (await second.listWorkflowExecutions({ transaction_id: "back" })).at(0)?.state;
  expect(await eventually(state, (found) => found === "reverted")).toBe("reverted");
  expect(new Set(trace)).toStrictEqual(new Set(["undo stubborn"]));
  await second.stop();
});
