import { Command, Option } from "commander";
import type { GenerateOptions } from "./commands/db-generate";
import type { LinkOptions } from "./commands/db-migrate";
import type { SyncLinksOptions } from "./commands/db-sync-links";
import type { EventsDiscardOptions } from "./commands/events-discard";
import type { EventsListOptions } from "./commands/events-list";
import type { JobsHistoryOptions } from "./commands/jobs-history";
import type { HooksOptions } from "./commands/hooks";
import type { WorkflowsListOptions } from "./commands/workflows-list";
import type { CommandContext, ServeOptions } from "./command-context";
import { cliErrors } from "./errors";

// Required at run time, because the package file lies outside of what is compiled.
const { version } = require("../package.json") as { version: string };

type GlobalOptions = { verbose?: boolean; json?: boolean };

/** What a command needs from outside of the command line. */
export type ContextParts = Pick<CommandContext, "directory" | "print">;

/**
 * The commands and their options. Each command's code is loaded when it is run, so that `--help` is quick.
 *
 * @param commandName `velella`, or the name under which it was called.
 */
export function createProgram(commandName: string, parts: ContextParts): Command {
  const program = new Command(commandName)
    .description("Runs, migrates and inspects a Velella app. Commands are run in the folder of the app.")
    .version(version, "-v, --version")
    .addOption(new Option("--verbose", "log more, and print the stack of an error"))
    .addOption(new Option("--json", "print results as JSON"))
    .addOption(new Option("--no-color", "print without colours"))
    .helpOption("-h, --help")
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .exitOverride();
  const context = (): CommandContext => {
    const { verbose = false, json = false } = program.opts<GlobalOptions>();
    return { ...parts, verbose, json };
  };
  addServing(program, context);
  addDatabase(program, context);
  addInspection(program, context);
  addAutomation(program, context);
  addOthers(program, context);
  for (const command of program.commands) for (const one of [command, ...command.commands]) one.exitOverride();
  return program;
}

function addServing(program: Command, context: () => CommandContext): void {
  const listening = (command: Command) =>
    command
      .option("-H, --host <host>", "address to listen on")
      .option("-p, --port <port>", "port to listen on; 9000 by default, also read from PORT", parsePort)
      .option("--timings", "tell how long each stage of the boot took");
  listening(program.command("develop").description("serve the app, and start it again when its code changes")).action(
    async (options: ServeOptions) => (await import("./commands/develop.js")).develop(context(), options),
  );
  listening(program.command("develop:serve", { hidden: true })).action(async (options: ServeOptions) =>
    (await import("./commands/start.js")).start(context(), options, "develop"),
  );
  listening(program.command("start").description("serve the app as it is")).action(async (options: ServeOptions) =>
    (await import("./commands/start.js")).start(context(), options),
  );
}

function addDatabase(program: Command, context: () => CommandContext): void {
  program
    .command("db:setup")
    .description("create the database, then migrate it")
    .addOption(skipLinks())
    .addOption(executeAll("links"))
    .addOption(executeSafe("links"))
    .action(async (options: LinkOptions) => (await import("./commands/db-create.js")).dbSetup(context(), options));
  program
    .command("db:create")
    .description("create the database")
    .option("--db <name>", "name of the database, instead of the one in the config")
    .action(async (options: { db?: string }) => (await import("./commands/db-create.js")).dbCreate(context(), options));
  program
    .command("db:migrate")
    .description("run the migrations of all modules, and make the tables of links")
    .addOption(skipLinks())
    .addOption(executeAll("links"))
    .addOption(executeSafe("links"))
    .action(async (options: LinkOptions) => (await import("./commands/db-migrate.js")).dbMigrate(context(), options));
  program
    .command("db:generate")
    .description("write migrations for changed models")
    .argument("<modules...>", "names of modules")
    .option("--allow-destructive", "also write statements that lose data")
    .option("--renamed <rename>", "table.old=new for a column, old=new for a table that was renamed; may be repeated", collect, [])
    .option("--not-renamed <rename>", "the same for what only looks like a rename", collect, [])
    .action(async (modules: string[], options: GenerateOptions) =>
      (await import("./commands/db-generate.js")).dbGenerate(context(), modules, options),
    );
  program
    .command("db:rollback")
    .description("undo the last migration of modules")
    .argument("<modules...>", "names of modules")
    .action(async (modules: string[]) => (await import("./commands/db-rollback.js")).dbRollback(context(), modules));
  program
    .command("db:diff")
    .description("tell where the tables are not as the models have them")
    .argument("[modules...]", "names of modules; all of them, and the links, by default")
    .action(async (modules: string[]) => (await import("./commands/db-diff.js")).dbDiff(context(), modules));
  program
    .command("db:sync-links")
    .description("make the tables of links")
    .addOption(executeAll())
    .addOption(executeSafe())
    .action(async (options: SyncLinksOptions) => (await import("./commands/db-sync-links.js")).dbSyncLinks(context(), options));
}

const skipLinks = () =>
  new Option("--skip-links", "leave the tables of links alone, and the rows that need them").conflicts([
    "executeAllLinks",
    "executeSafeLinks",
  ]);

/** Of the command for links alone, or with its suffix of one that does more. */
const executeAll = (suffix?: "links") =>
  new Option(`--execute-all${suffix ? "-links" : ""}`, "also change and drop tables of links where that may lose data").conflicts(
    suffix ? "executeSafeLinks" : "executeSafe",
  );

const executeSafe = (suffix?: "links") =>
  new Option(`--execute-safe${suffix ? "-links" : ""}`, "change tables of links only where nothing is lost; the default");

function addInspection(program: Command, context: () => CommandContext): void {
  const workflows = program.command("workflows").description("see and steer runs of workflows");
  workflows
    .command("list")
    .description("list runs that go on or are kept, the newest first")
    .option("--workflow <id>", "only runs of this workflow")
    .option(
      "--state <state>",
      "only runs in this state: invoking, compensating, done, reverted, failed or parked; may be repeated",
      collect,
      [],
    )
    .option("--limit <number>", "at most so many", parseLimit, 50)
    .action(async (options: WorkflowsListOptions) => (await import("./commands/workflows-list.js")).workflowsList(context(), options));
  const onRun = (name: string, description: string) =>
    workflows
      .command(name)
      .description(description)
      .argument("<id>", "id of the run, or its transaction id")
      .option("--workflow <id>", "the workflow, where several have a run with this transaction id");
  onRun("show", "show what each step of a run did").action(async (id: string, options: { workflow?: string }) =>
    (await import("./commands/workflows-show.js")).workflowsShow(context(), { id, ...options }),
  );
  onRun("retry", "set a run going again that is parked, or could not be undone").action(
    async (id: string, options: { workflow?: string }) =>
      (await import("./commands/workflows-retry.js")).workflowsRetry(context(), { id, ...options }),
  );
  onRun("cancel", "undo a run").action(async (id: string, options: { workflow?: string }) =>
    (await import("./commands/workflows-cancel.js")).workflowsCancel(context(), { id, ...options }),
  );
  workflows
    .command("explain")
    .description("print what a workflow does, step by step")
    .argument("<workflow>", "its id")
    .action(async (id: string) => (await import("./commands/workflows-explain.js")).workflowsExplain(context(), id));
  program
    .command("hooks")
    .description("list the hooks of workflows, and the files that handle them")
    .argument("[workflow]", "only those of this workflow")
    .option("--handled", "only hooks that someone handles")
    .action(async (workflow: string | undefined, options: HooksOptions) =>
      (await import("./commands/hooks.js")).hooks(context(), { workflow, ...options }),
    );
}

function addAutomation(program: Command, context: () => CommandContext): void {
  const events = program.command("events").description("see events of the outbox, deliver them again, or give them up");
  events
    .command("list")
    .description("list events and their deliveries, the newest first")
    .option("--name <event>", "only events of this name")
    .option("--dead", "only events that a subscriber failed on for good")
    .option("--orphaned", "only events for a subscriber that neither this app nor an instance has")
    .option("--limit <number>", "at most so many", parseLimit, 50)
    .action(async (options: EventsListOptions) => (await import("./commands/events-list.js")).eventsList(context(), options));
  events
    .command("replay")
    .description("deliver events again: to subscribers that failed for good, or else to all")
    .argument("<ids...>", "ids of events")
    .action(async (ids: string[]) => (await import("./commands/events-replay.js")).eventsReplay(context(), ids));
  events
    .command("discard")
    .description("give up deliveries that are dead, or whose subscriber is gone and remembered no more")
    .argument("[ids...]", "ids of events")
    .option("--subscriber <id>", "only deliveries to this subscriber; also what waits, if no process has it")
    .option("--name <event>", "only of events of this name")
    .option("--all", "all that there are")
    .action(async (ids: string[], options: EventsDiscardOptions) =>
      (await import("./commands/events-discard.js")).eventsDiscard(context(), ids, options),
    );
  const jobs = program.command("jobs").description("see scheduled jobs, and how they ran");
  jobs
    .command("list")
    .description("list jobs and scheduled workflows, with their next and their last run")
    .action(async () => (await import("./commands/jobs-list.js")).jobsList(context()));
  jobs
    .command("history")
    .description("list the runs of the last week, the newest first")
    .argument("[job]", "only of this job")
    .option("--failed", "only runs that failed")
    .option("--limit <number>", "at most so many", parseLimit, 50)
    .action(async (name: string | undefined, options: JobsHistoryOptions) =>
      (await import("./commands/jobs-history.js")).jobsHistory(context(), name, options),
    );
}

function addOthers(program: Command, context: () => CommandContext): void {
  program
    .command("exec")
    .description("run a script of the app")
    .argument("<file>", "the script, whose default export is called with { container, args }")
    .argument("[args...]", "words for the script")
    .allowUnknownOption()
    .action(async (file: string, args: string[]) => (await import("./commands/exec.js")).exec(context(), file, args));
  program
    .command("user")
    .description("create a user of the admin API")
    .requiredOption("-e, --email <email>", "address to log in with")
    .requiredOption("-p, --password <password>", "password to log in with")
    .option("-i, --id <id>", "id of the user; made up by default")
    .action(async (options: { email: string; password: string; id?: string }) =>
      (await import("./commands/user.js")).user(context(), options),
    );
  program
    .command("lint")
    .description("find mistakes in workflows that do not show when they run")
    .argument("[paths...]", "files and folders; src by default")
    .action(async (paths: string[]) => (await import("./commands/lint.js")).lint(context(), paths));
  program
    .command("routes")
    .description("list the routes of the app")
    .action(async () => (await import("./commands/routes.js")).routes(context()));
  program
    .command("types")
    .description("write the types of the app's modules and links, as develop does")
    .action(async () => (await import("./commands/types.js")).types(context()));
}

function collect(word: string, words: string[]): string[] {
  return [...words, word];
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw cliErrors.invalidPort(text);
  return port;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw cliErrors.invalidLimit(text);
  return limit;
}
