import { createStep, StepResponse } from "@velella/workflows";
import type { Container, SharedContext } from "@velella/kernel";

/** Any record: it has an id. */
export interface RecordWithId {
  id: string;
}

/** A selection of records, and the changes to make to all of them. */
export interface UpdateBySelector<Update> {
  selector: Record<string, unknown>;
  update: Update;
}

/** Changes to records named one by one. */
export type UpdateById<Update> = (Update & RecordWithId)[];

type Method = (...args: unknown[]) => Promise<unknown>;

/** A method of a module's service, by name: `createProductTags`. */
function method(container: Container, module: string, name: string): Method {
  const service = container.resolve<Record<string, Method>>(module);
  return service[name]!.bind(service);
}

/**
 * A step that creates records of one kind; undone by deleting them.
 *
 * @param module Key of the module that has them.
 * @param kind Plural as in the service's methods: `ProductTags`.
 */
export function createRecordsStep<Data, Row extends RecordWithId>(name: string, module: string, kind: string) {
  return createStep(
    { name, transactional: "shared" },
    async (data: Data[], { container, context }) => {
      if (!data.length) return new StepResponse<Row[], string[]>([], []);
      const rows = (await method(container, module, `create${kind}`)(data, context)) as Row[];
      return new StepResponse(
        rows,
        rows.map(({ id }) => id),
      );
    },
    async (ids: string[] | undefined, { container, context }) => {
      if (ids?.length) await method(container, module, `delete${kind}`)(ids, context);
    },
  );
}

/**
 * A step that changes records of one kind, chosen by a selector or named by id; undone by writing the former values.
 *
 * @param relations Relations that the changes may replace, with the key that takes their ids: `{ tags: "tag_ids" }`.
 */
export function updateRecordsStep<Update extends object, Row extends RecordWithId>(
  name: string,
  module: string,
  kind: string,
  relations: Record<string, string> = {},
) {
  return createStep(
    { name, transactional: "shared" },
    async (input: UpdateBySelector<Update> | UpdateById<Update>, { container, context }) => {
      const changes = await changesOf<Update>(input, container, module, kind, context);
      if (!changes.length) return new StepResponse<Row[], RecordWithId[]>([], []);
      const before = await formerValues(changes, container, module, kind, relations, context);
      const rows = (await method(container, module, `update${kind}`)(changes, context)) as Row[];
      return new StepResponse(rows, before);
    },
    async (before: RecordWithId[] | undefined, { container, context }) => {
      if (before?.length) await method(container, module, `update${kind}`)(before, context);
    },
  );
}

/** A step that deletes records of one kind, softly; undone by restoring them. */
export function deleteRecordsStep(name: string, module: string, kind: string) {
  return createStep(
    { name, transactional: "shared" },
    async (ids: string[], { container, context }) => {
      if (ids.length) await method(container, module, `softDelete${kind}`)(ids, {}, context);
      return new StepResponse(ids, ids);
    },
    async (ids: string[] | undefined, { container, context }) => {
      if (ids?.length) await method(container, module, `restore${kind}`)(ids, {}, context);
    },
  );
}

async function changesOf<Update extends object>(
  input: UpdateBySelector<Update> | UpdateById<Update>,
  container: Container,
  module: string,
  kind: string,
  context: SharedContext,
): Promise<UpdateById<Update>> {
  if (Array.isArray(input)) return input;
  const { selector, update } = input;
  // An id that is named must exist; a selector may match nothing.
  if (typeof selector.id === "string" && Object.keys(selector).length === 1) return [{ ...update, id: selector.id }];
  const rows = (await method(container, module, `list${kind}`)(selector, { select: ["id"] }, context)) as RecordWithId[];
  return rows.map(({ id }) => ({ ...update, id }));
}

async function formerValues(
  changes: UpdateById<object>,
  container: Container,
  module: string,
  kind: string,
  relations: Record<string, string>,
  context: SharedContext,
): Promise<RecordWithId[]> {
  const keys = new Set(changes.flatMap((change) => Object.keys(change)));
  const loaded = Object.keys(relations).filter((relation) => keys.has(relation) || keys.has(relations[relation]!));
  const filters = { id: changes.map(({ id }) => id) };
  const rows = (await method(container, module, `list${kind}`)(filters, { relations: loaded }, context)) as Record<string, unknown>[];
  const changeById = new Map(changes.map((change) => [change.id, change as Record<string, unknown>]));
  return rows.map((row) => {
    const values: Record<string, unknown> = { id: row.id };
    for (const key of keys) if (key in row && !loaded.includes(key)) values[key] = row[key];
    // Metadata is merged, and an empty text removes a key: so are undone the keys that were added.
    const added = changeById.get(row.id as string)?.metadata;
    if (added) values.metadata = { ...Object.fromEntries(Object.keys(added).map((key) => [key, ""])), ...(row.metadata as object | null) };
    for (const relation of loaded) {
      const key = relations[relation]!;
      const items = row[relation] as RecordWithId[];
      values[key] = key.endsWith("_ids") ? items.map(({ id }) => id) : items;
    }
    return values as Record<string, unknown> & RecordWithId;
  });
}
