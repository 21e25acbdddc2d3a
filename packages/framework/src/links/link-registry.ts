import type { Registry, RegistryKind } from "@velella/kernel";
import type { LinkDefinitionInput } from "./define-link";

/** The links of one app, or those that libraries define for every app of the process. */
export class LinkRegistry implements Registry {
  private readonly definitions: LinkDefinitionInput[] = [];

  constructor(private readonly parent?: LinkRegistry) {}

  /** Keyed by the file of the definition. */
  add(definition: LinkDefinitionInput): void {
    this.definitions.push(definition);
  }

  /** All definitions, those of libraries first. */
  all(): readonly LinkDefinitionInput[] {
    return [...(this.parent?.all() ?? []), ...this.definitions];
  }

  forget(file: string): void {
    for (let i = this.definitions.length - 1; i >= 0; i--) {
      if (this.definitions[i]!.file === file) this.definitions.splice(i, 1);
    }
  }
}

/** Where `defineLink` registers. */
export const linkRegistryKind: RegistryKind<LinkRegistry> = { name: "links", create: (parent) => new LinkRegistry(parent) };
