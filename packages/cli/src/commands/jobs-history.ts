import type { JobRun } from "@velella/workflows";
import type { CommandContext } from "../command-context";
import { count } from "../count";
import { cliErrors } from "../errors";
import { duration, moment } from "../measures";
import { runWithApp } from "../run-with-app";
import { tableLines } from "../table";

/** Which runs are listed: those of the last week, the newest first. */
export interface JobsHistoryOptions {
  /** Only runs that failed. */
  failed?: boolean;
  /** At most so many. */
  limit: number;
}

/** Lists the newest runs of a job, or of all: when they began, how long they took, and how they ended. */
export async function jobsHistory(context: CommandContext, name: string | undefined, options: JobsHistoryOptions): Promise<void> {
  const { failed = false, limit } = options;
  await runWithApp(context, "develop", async (app) => {
    const { jobs } = app.engine;
    const runs = await jobs.history(name, { take: limit, ...(failed && { state: "failed" }) });
    if (name !== undefined && runs.length === 0) {
      const known = [...(await jobs.overview()), ...jobs.list()].map((job) => job.name);
      if (!known.includes(name)) throw cliErrors.unknownJob(name, [...new Set(known)]);
    }
    if (context.json) return context.print(JSON.stringify(runs));
    if (runs.length === 0) return context.print(failed ? "No run has failed in the last week." : "No job has run in the last week.");
    const rows = runs.map((run) => [run.job, moment(run.tick), run.state, String(run.attempts), startOf(run), tookOf(run), errorOf(run)]);
    for (const line of tableLines([["JOB", "TICK (UTC)", "STATE", "ATTEMPT", "BEGAN AFTER", "TOOK", "ERROR"], ...rows]))
      context.print(line);
    if (runs.length === limit) context.print(`These are the newest ${count(limit, "run")}; --limit shows more.`);
  });
}

const startOf = ({ tick, started_at }: JobRun): string => (started_at ? duration(Math.max(0, started_at.getTime() - tick.getTime())) : "-");

const tookOf = (run: JobRun): string => (run.duration === null ? "-" : duration(run.duration));

const errorOf = ({ error }: JobRun): string => error?.split("\n", 1)[0] ?? "";
