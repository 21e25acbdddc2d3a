import type { SharedContext } from "@velella/kernel";
import { createStep, StepResponse } from "@velella/workflows";
import type { LinkDefinition, LinkService } from "../links/link-service";
import type { LinkId } from "../links/link-spec";

/** Under which the container has the service. */
const linkKey = "link";

/** What a writing step notes: the pairs that it was given, and those of them that were linked before, with their values. */
interface FormerLinks {
  readonly links: LinkDefinition[];
  readonly before: LinkDefinition[];
}

const nothing: FormerLinks = { links: [], before: [] };

/** The service, in whichever copy of this package. */
type Links = Pick<LinkService, "list" | "create" | "dismiss">;

async function write(link: Links, links: LinkDefinition[], context: SharedContext) {
  const before = (await link.list(links, { asLinkDefinition: true }, context)) as LinkDefinition[];
  const created = await link.create(links, context);
  return { created, former: { links, before } satisfies FormerLinks };
}

/** Dismisses the pairs that were not linked before, and writes the former values of those that were. */
async function takeBack(link: Links, { links, before }: FormerLinks, context: SharedContext): Promise<void> {
  const kept = new Set(before.map(pairOf));
  const present = (await link.list(links, { asLinkDefinition: true }, context)) as LinkDefinition[];
  const added = present.filter((pair) => !kept.has(pairOf(pair)));
  if (added.length) await link.dismiss(added, context);
  if (before.length) await link.create(before, context);
}

const pairOf = ({ data: _data, ...keys }: LinkDefinition) => JSON.stringify(keys);

/** Links records of different modules; undone by dismissing the links that are new, and giving the others their former values. */
export const createRemoteLinkStep = createStep(
  { name: "create-remote-links", transactional: "shared" },
  async (links: LinkDefinition[], { container, context }) => {
    if (!links.length) return new StepResponse([], nothing);
    const { created, former } = await write(container.resolve(linkKey), links, context);
    return new StepResponse(created, former);
  },
  async (former, { container, context }) => {
    if (former?.links.length) await takeBack(container.resolve(linkKey), former, context);
  },
);

/** Dismisses links; undone by creating them again, with their values. */
export const dismissRemoteLinkStep = createStep(
  { name: "dismiss-remote-links", transactional: "shared" },
  async (input: LinkDefinition | LinkDefinition[], { container, context }) => {
    const links = [input].flat();
    if (!links.length) return new StepResponse([], []);
    const service = container.resolve(linkKey);
    const existing = await service.list(links, { asLinkDefinition: true }, context);
    await service.dismiss(links, context);
    return new StepResponse(links, existing as LinkDefinition[]);
  },
  async (links, { container, context }) => {
    if (links?.length) await container.resolve(linkKey).create(links, context);
  },
);

/** Changes the extra columns of links; undone by writing the former values, and dismissing what was not linked before. */
export const updateRemoteLinksStep = createStep(
  { name: "update-remote-links", transactional: "shared" },
  async (links: LinkDefinition[], { container, context }) => {
    if (!links.length) return new StepResponse([], nothing);
    const { former } = await write(container.resolve(linkKey), links, context);
    return new StepResponse(links, former);
  },
  async (former, { container, context }) => {
    if (former?.links.length) await takeBack(container.resolve(linkKey), former, context);
  },
);

/** What was deleted, by module and linkable key: `{ product: { product_id: ["prod_1"] } }`. */
export type DeletedRecords = Record<string, Record<string, LinkId | LinkId[]>>;

/** Removes the links of deleted records, and what cascades from them; undone by restoring them. Of nothing, it does nothing. */
export const removeRemoteLinkStep = createStep(
  { name: "remove-remote-links", transactional: "shared" },
  async (deleted: DeletedRecords | DeletedRecords[] | undefined, { container, context }) => {
    const records = [deleted ?? []].flat();
    if (!records.length) return new StepResponse(records, null);
    return new StepResponse(records, await container.resolve(linkKey).remove(records, context));
  },
  async (removed, { container, context }) => {
    if (removed) await container.resolve(linkKey).putBack(removed, context);
  },
);
