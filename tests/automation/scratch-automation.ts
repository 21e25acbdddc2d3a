import { readFileSync } from "node:fs";
import { join } from "node:path";
import { scratchApp } from "../support/scratch-app";
import type { ScratchApp } from "../support/scratch-app";

/** An app whose files write lines of what they do, to a file of its own. */
export interface NotingApp extends ScratchApp {
  /** The lines so far, each without the process that wrote it. */
  lines(): string[];
  /** Which processes wrote lines that begin so. */
  writers(prefix: string): number[];
}

const config = `
import { defineConfig } from "@medusajs/framework/utils";
module.exports = defineConfig({
  projectConfig: { workerMode: (process.env.WORKER_MODE ?? "shared") as any, http: {} as any },
  admin: { disable: true },
});
`;

const note = `
import { appendFileSync } from "node:fs";
export const note = (line: string) => appendFileSync("notes.txt", \`\${process.pid} \${line}\\n\`);
`;

/** @param files Beside the config, and \`src/lib/note.ts\`, which exports \`note(line)\`. */
export function notingApp(files: Record<string, string>): NotingApp {
  const app = scratchApp({ "medusa-config.ts": config, "src/lib/note.ts": note, "notes.txt": "", ...files });
  const written = () =>
    readFileSync(join(app.directory, "notes.txt"), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)] as const);
  return {
    ...app,
    lines: () => written().map(([, line]) => line),
    writers: (prefix) => [...new Set(written().flatMap(([pid, line]) => (line.startsWith(prefix) ? Number(pid) : [])))],
  };
}

/** A subscriber file that notes what it hears. */
export const subscriberFile = (label: string, config: object): string => `
import type { SubscriberArgs } from "@medusajs/framework";
import { note } from "../lib/note";
export default async function ({ event, container }: SubscriberArgs<any>) {
  note(\`${label} \${event.name} \${JSON.stringify(event.data)} \${typeof container.resolve("query").graph}\`);
}
export const config = ${JSON.stringify(config)};
`;

/** A job file that notes its runs. @param then Further statements of its function. */
export const jobFile = (config: object, then = ""): string => `
import type { MedusaContainer } from "@medusajs/framework/types";
import { note } from "../lib/note";
export default async function (container: MedusaContainer) {
  note("job ${(config as { name?: string }).name} " + typeof container.resolve("query").graph);
  ${then}
}
export const config = ${JSON.stringify(config)};
`;

/** A script that emits events named by its arguments; after "early" it stays long enough for a job to tick. */
export const emitScript = `
import type { ExecArgs } from "@medusajs/framework/types";
import { setTimeout as sleep } from "node:timers/promises";
export default async function ({ container, args }: ExecArgs) {
  const bus = container.resolve("event_bus");
  await bus.emit(args.map((name: string) => ({ name, data: { from: "script" } })));
  if (args.includes("early")) await sleep(1500);
}
`;
