import type { AppRequest } from "@velella/framework/http";

interface CategoryNode {
  id: string;
  name: string;
  mpath: string;
  parent_category_id: string | null;
  category_children?: CategoryNode[];
  parent_category?: CategoryNode | null;
}

/** A category as `query.graph` gives it, with the fields that the request chose. */
export interface CategoryRow {
  id: string;
  parent_category?: CategoryNode | null;
  category_children?: CategoryNode[];
  [field: string]: unknown;
}

/** What of categories may be seen. */
export interface CategoryFilters {
  is_active?: boolean;
  is_internal?: boolean;
}

/**
 * Categories with the whole tree above or below them, where the query string asks for it.
 *
 * @param visible Leaves out of the tree what may not be seen.
 */
export async function withTree(req: AppRequest, rows: CategoryRow[], visible: CategoryFilters = {}): Promise<CategoryRow[]> {
  const { include_ancestors_tree: above, include_descendants_tree: below } = req.filterableFields;
  if (!rows.length || (!above && !below)) return rows;
  const query = req.scope.resolve("query");
  const paths = new Map<string, string>();
  const { data: own } = await query.graph({
    entity: "product_category",
    fields: ["id", "mpath"],
    filters: { id: rows.map(({ id }) => id) },
  });
  for (const { id, mpath } of own as CategoryNode[]) paths.set(id, mpath);
  const ancestors = above ? [...paths.values()].flatMap((path) => path.split(".")) : [];
  const conditions = [
    ...(ancestors.length ? [{ id: ancestors }] : []),
    ...(below ? [...paths.values()].map((path) => ({ mpath: { $like: `${path}.%` } })) : []),
  ];
  const { data } = await query.graph({
    entity: "product_category",
    fields: ["*"],
    filters: { $or: conditions, ...visible },
    pagination: { order: { rank: "ASC" } },
  });
  const nodes = new Map((data as CategoryNode[]).map((node) => [node.id, node]));
  const up = (id: string | null): CategoryNode | null => {
    const node = id === null ? undefined : nodes.get(id);
    return node ? { ...node, parent_category: up(node.parent_category_id) } : null;
  };
  const down = (id: string): CategoryNode[] =>
    [...nodes.values()].filter((node) => node.parent_category_id === id).map((node) => ({ ...node, category_children: down(node.id) }));
  return rows.map((row) => ({
    ...row,
    ...(!!above &&
      row.parent_category && { parent_category: { ...row.parent_category, parent_category: up(row.parent_category.parent_category_id) } }),
    ...(!!below &&
      row.category_children && {
        category_children: row.category_children.map((child) => ({ ...child, category_children: down(child.id) })),
      }),
  }));
}

/** The filters without what chooses the tree. */
export function withoutTree(filters: Record<string, unknown>): Record<string, unknown> {
  const { include_ancestors_tree: _above, include_descendants_tree: _below, ...rest } = filters;
  return rest;
}
