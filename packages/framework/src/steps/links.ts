import { createStep, StepResponse } from "@velella/workflows";
import type { LinkDefinition } from "../links/link-service";

const linkOf = "link";

/** Links records of different modules; undone by dismissing the links. */
export const createRemoteLinkStep = createStep(
  { name: "create-remote-links", transactional: "shared" },
  async (links: LinkDefinition[], { container, context }) => {
    if (!links.length) return new StepResponse([], []);
    const created = await container.resolve(linkOf).create(links, context);
    return new StepResponse(created, links);
  },
  async (links, { container, context }) => {
    if (links?.length) await container.resolve(linkOf).dismiss(links, context);
  },
);

/** Dismisses links; undone by creating them again. */
export const dismissRemoteLinkStep = createStep(
  { name: "dismiss-remote-links", transactional: "shared" },
  async (input: LinkDefinition | LinkDefinition[], { container, context }) => {
    const links = [input].flat();
    if (!links.length) return new StepResponse([], []);
    const service = container.resolve(linkOf);
    const existing = await service.list(links, { asLinkDefinition: true }, context);
    await service.dismiss(links, context);
    return new StepResponse(links, existing as LinkDefinition[]);
  },
  async (links, { container, context }) => {
    if (links?.length) await container.resolve(linkOf).create(links, context);
  },
);

/** Changes the extra columns of links; undone by writing the former values. */
export const updateRemoteLinksStep = createStep(
  { name: "update-remote-links", transactional: "shared" },
  async (links: LinkDefinition[], { container, context }) => {
    if (!links.length) return new StepResponse([], []);
    const service = container.resolve(linkOf);
    const before = await service.list(links, { asLinkDefinition: true }, context);
    await service.create(links, context);
    return new StepResponse(links, before as LinkDefinition[]);
  },
  async (before, { container, context }) => {
    if (before?.length) await container.resolve(linkOf).create(before, context);
  },
);

/** What was deleted, by module and linkable key: `{ product: { product_id: ["prod_1"] } }`. */
export type DeletedRecords = Record<string, Record<string, string | string[]>>;

/** Removes the links of deleted records, and what cascades from them; undone by restoring them. */
export const removeRemoteLinkStep = createStep(
  { name: "remove-remote-links", transactional: "shared" },
  async (deleted: DeletedRecords | DeletedRecords[], { container, context }) => {
    const records = [deleted].flat();
    const service = container.resolve(linkOf);
    for (const record of records) await service.delete(record, context);
    return new StepResponse(records, records);
  },
  async (records, { container, context }) => {
    for (const record of records ?? []) await container.resolve(linkOf).restore(record, context);
  },
);
