import { performance } from "node:perf_hooks";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import type { ClaimedExecution, ExecutionStore } from "../store/execution-store";
import type { Executor } from "./executor";
import type { Look } from "./look";
import { planVersion } from "./plan-version";

/** Runs that are taken up and at work here at once, so that a restart does not drown in them. */
const atOnce = 50;
/** Milliseconds after which a run that is still at work counts as slow, or as hanging: it stands in nobody's way from then on. */
const slowAfter = 3000;
/** Milliseconds that a suspect waits for a time in which nothing else is at work here. */
const suspectsWait = 5000;
/** Milliseconds between two looks at runs that fit no instance: there may be many, and for long. */
const misfitsPause = 1000;

/** What {@link TakingUp} works with. */
export interface TakingUpOptions {
  executions: ExecutionStore;
  executor: Executor;
  registry: WorkflowRegistry;
}

/**
 * Decides which runs that are due are taken up here. Suspects, whose owners died repeatedly, run one at a time and alone, so
 * that they take no other run with them; but not for long, and not at the price that one which hangs stops all the others.
 */
export class TakingUp {
  /** When the runs were taken up that are still at work, by id. */
  private readonly taken = new Map<string, number>();
  /** Runs that did not fit here, which are not tried again by themselves. */
  private readonly parked = new Set<string>();
  private misfitsFrom = 0;
  private suspect: { id: string; since: number } | undefined;
  /** Since when there are suspects that wait. */
  private waitingSince: number | undefined;

  constructor(private readonly options: TakingUpOptions) {}

  async look({ runs, suspects, misfits }: Pick<Look, "runs" | "suspects" | "misfits">): Promise<void> {
    const { executor } = this.options;
    const now = performance.now();
    const isYoung = (since: number) => now - since < slowAfter;
    const active = new Set(executor.ids());
    for (const id of this.taken.keys()) if (!active.has(id)) this.taken.delete(id);
    if (this.suspect && active.has(this.suspect.id) && isYoung(this.suspect.since)) return;
    const young = [...this.taken.values()].filter(isYoung).length;
    let claimed = 0;
    if (misfits && young < atOnce && now >= this.misfitsFrom) {
      claimed = await this.take((executions) => executions.claimMisfits(this.versions(), [...this.parked], atOnce - young));
      if (!claimed) this.misfitsFrom = now + misfitsPause;
    }
    const room = atOnce - young - claimed;
    if (runs && room > 0) claimed += await this.take((executions) => executions.claim(this.workflowIds(), room, false));
    if (!suspects) {
      this.waitingSince = undefined;
      return;
    }
    this.waitingSince ??= now;
    const isAlone = claimed === 0 && executor.countSince(now - slowAfter) === 0;
    if (isAlone || now - this.waitingSince > suspectsWait) await this.takeSuspect();
  }

  private async takeSuspect(): Promise<void> {
    await this.take(async (executions) => {
      const claimed = await executions.claim(this.workflowIds(), 1, true);
      if (claimed[0]) {
        this.suspect = { id: claimed[0].id, since: performance.now() };
        this.waitingSince = undefined;
      }
      return claimed;
    });
  }

  private async take(claim: (executions: ExecutionStore) => Promise<ClaimedExecution[]>): Promise<number> {
    const { executions, executor } = this.options;
    const claimed = await claim(executions);
    const since = performance.now();
    for (const { id } of claimed) this.taken.set(id, since);
    for (const id of await executor.resume(claimed)) this.parked.add(id);
    return claimed.length;
  }

  private workflowIds(): string[] {
    return this.options.registry.list().map(({ id }) => id);
  }

  /** The version that the code here has of each workflow. */
  private versions(): Map<string, string> {
    return new Map(this.options.registry.list().map((plan) => [plan.id, planVersion(plan)]));
  }
}
