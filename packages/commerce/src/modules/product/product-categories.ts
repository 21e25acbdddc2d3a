import { generateEntityId } from "@velella/kernel";
import type { SharedContext } from "@velella/kernel";
import { mergeMetadata } from "../metadata";
import { productErrors } from "./errors";
import { toHandle } from "./handle";
import type { ProductRecords } from "./records";
import type { CreateProductCategoryInput, ProductCategoryRecord } from "./types";

type Place = Pick<ProductCategoryRecord, "id" | "mpath" | "rank" | "parent_category_id">;

/** Creates categories at their place in the tree: the rank asked for, or after their siblings. */
export async function createCategories(
  records: ProductRecords,
  inputs: readonly CreateProductCategoryInput[],
  context: SharedContext,
): Promise<ProductCategoryRecord[]> {
  const ids: string[] = [];
  // One by one, because a category may be the parent or a sibling of the next one.
  for (const input of inputs) {
    const id = generateEntityId(input.id, "pcat");
    const parent = input.parent_category_id ? await retrieve(records, input.parent_category_id, context) : undefined;
    const rank = await makeRoom(records, input.parent_category_id ?? null, input.rank, context);
    const mpath = parent ? `${parent.mpath}.${id}` : id;
    await records.categories.create({ ...input, id, mpath, rank, handle: input.handle ?? toHandle(input.name) }, context);
    ids.push(id);
  }
  return readCategories(records, ids, context);
}

/**
 * Changes categories; one that moves takes its subtree along.
 *
 * @throws invalid_data for a category that would lie under itself.
 */
export async function updateCategories(
  records: ProductRecords,
  changes: readonly (Partial<CreateProductCategoryInput> & { id: string })[],
  context: SharedContext,
): Promise<ProductCategoryRecord[]> {
  for (const change of changes) {
    const former = (await records.categories.retrieve(change.id, {}, context)) as unknown as ProductCategoryRecord;
    const row: Record<string, unknown> = { ...change };
    if (change.metadata) row.metadata = mergeMetadata(former.metadata, change.metadata);
    const moves = change.parent_category_id !== undefined && change.parent_category_id !== former.parent_category_id;
    if (moves || (change.rank !== undefined && change.rank !== former.rank)) {
      const target = moves ? change.parent_category_id! : former.parent_category_id;
      if (moves) row.mpath = await moveSubtree(records, former, target, context);
      await closeGap(records, former, context);
      row.rank = await makeRoom(records, target, change.rank, context, change.id);
    }
    await records.categories.update(row, context);
  }
  return readCategories(
    records,
    changes.map(({ id }) => id),
    context,
  );
}

/** @throws not_allowed for a category with children. */
export async function refuseParents(records: ProductRecords, ids: readonly string[], context: SharedContext): Promise<void> {
  const children = (await records.categories.list(
    { parent_category_id: ids },
    { select: ["id", "parent_category_id"] },
    context,
  )) as unknown as Place[];
  const parents = [...new Set(children.filter(({ id }) => !ids.includes(id)).map(({ parent_category_id }) => parent_category_id!))];
  if (parents.length) throw productErrors.categoryWithChildren(parents);
}

/** Moves up the siblings after categories that are about to be deleted. */
export async function closeGaps(records: ProductRecords, ids: readonly string[], context: SharedContext): Promise<void> {
  const rows = (await records.categories.list({ id: ids }, {}, context)) as unknown as Place[];
  for (const row of [...rows].sort((a, b) => b.rank - a.rank)) await closeGap(records, row, context);
}

async function retrieve(records: ProductRecords, id: string, context: SharedContext): Promise<Place> {
  return (await records.categories.retrieve(id, { select: ["id", "mpath", "rank", "parent_category_id"] }, context)) as unknown as Place;
}

async function readCategories(records: ProductRecords, ids: readonly string[], context: SharedContext): Promise<ProductCategoryRecord[]> {
  const rows = (await records.categories.list({ id: ids }, {}, context)) as unknown as ProductCategoryRecord[];
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id)!);
}

async function siblings(records: ProductRecords, parent: string | null, context: SharedContext): Promise<Place[]> {
  return (await records.categories.list({ parent_category_id: parent }, { order: { rank: "ASC" } }, context)) as unknown as Place[];
}

/** Moves the siblings from a rank on by one; without a rank the place after the last is taken. Returns the rank that is free. */
async function makeRoom(
  records: ProductRecords,
  parent: string | null,
  rank: number | undefined,
  context: SharedContext,
  except?: string,
): Promise<number> {
  const others = (await siblings(records, parent, context)).filter(({ id }) => id !== except);
  const free = Math.min(rank ?? others.length, others.length);
  const after = others.filter((sibling) => sibling.rank >= free);
  if (after.length)
    await records.categories.update(
      after.map((sibling) => ({ id: sibling.id, rank: sibling.rank + 1 })),
      context,
    );
  return free;
}

async function closeGap(records: ProductRecords, { id, rank, parent_category_id }: Place, context: SharedContext): Promise<void> {
  const after = (await siblings(records, parent_category_id, context)).filter((sibling) => sibling.id !== id && sibling.rank > rank);
  if (after.length)
    await records.categories.update(
      after.map((sibling) => ({ id: sibling.id, rank: sibling.rank - 1 })),
      context,
    );
}

/** Rewrites the paths of everything below a category that moves, and returns its own new path. */
async function moveSubtree(records: ProductRecords, { id, mpath }: Place, parent: string | null, context: SharedContext): Promise<string> {
  const target = parent ? await retrieve(records, parent, context) : undefined;
  if (target && (target.id === id || target.mpath.split(".").includes(id))) throw productErrors.categoryUnderItself(id, target.id);
  const path = target ? `${target.mpath}.${id}` : id;
  const below = (await records.categories.list(
    { mpath: { $like: `${mpath}.%` } },
    { select: ["id", "mpath"] },
    context,
  )) as unknown as Place[];
  if (below.length)
    await records.categories.update(
      below.map((row) => ({ id: row.id, mpath: path + row.mpath.slice(mpath.length) })),
      context,
    );
  return path;
}
