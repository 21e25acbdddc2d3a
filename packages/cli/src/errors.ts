import { defineErrors, suggestion } from "@velella/kernel";

/** How a rename is written on the command line: `brand.name=title` for a column, `brand=maker` for a table. */
function renameWord({ table, column, from, to }: { table: string; column: boolean; from: string; to: string }): string {
  return column ? `${table}.${from}=${to}` : `${from}=${to}`;
}

/** What people can get wrong on the command line. */
export const cliErrors = defineErrors("cli", {
  scriptNotFound: {
    type: "not_found",
    message: (file: string) => `There is no script ${file}.`,
    hint: () => "The path is relative to the current folder, such as: velella exec ./src/scripts/seed.ts",
  },
  scriptWithoutFunction: {
    type: "invalid_data",
    message: (file: string, found: string) => `${file} has no function as its default export, but ${found}.`,
    hint: () => "Write: export default async function ({ container, args }) { … }",
  },
  invalidEmail: {
    type: "invalid_data",
    message: (email: string) => `"${email}" is no e-mail address.`,
    hint: () => "Write: velella user --email name@example.com --password …",
  },
  registrationRefused: {
    type: "invalid_data",
    message: (email: string, reason: string) => `The user ${email} could not be created: ${reason}`,
    hint: () => "Another user may have this address; choose another one.",
  },
  missingModule: {
    type: "unknown_modules",
    message: (purpose: string, module: string) => `${purpose} needs the module "${module}", which this app leaves out.`,
    hint: (_purpose: string, module: string) => `Add the module "${module}" to "modules" in the config.`,
  },
  invalidPort: {
    type: "invalid_data",
    message: (port: string) => `"${port}" is no port: a whole number from 0 to 65535 was expected.`,
  },
  invalidRename: {
    type: "invalid_data",
    message: (word: string) => `"${word}" names no rename.`,
    hint: () => "Write table.old=new for a column, or old=new for a table.",
  },
  mayBeRenamed: {
    type: "invalid_data",
    message: (questions: readonly { table: string; column: boolean; from: string; to: string }[]) =>
      `Only you know whether this was renamed: ${questions.map(renameWord).join(", ")}.`,
    hint: (questions: readonly { table: string; column: boolean; from: string; to: string }[]) =>
      `Add --renamed ${questions[0] ? renameWord(questions[0]) : ""} to keep the data, or --not-renamed with the same to drop the old and add the new.`,
  },
  tablesDiffer: {
    type: "unexpected_state",
    message: (names: readonly string[]) => `The tables of ${names.join(", ")} are not as the models have them.`,
    hint: () =>
      `Run "velella db:migrate" where migrations are pending, and "velella db:generate" where the models have changed; what was changed in the database by hand has to be changed back there.`,
  },
  unknownModules: {
    type: "invalid_data",
    message: (names: readonly string[], known: readonly string[]) =>
      `No module of this app is called ${names.map((name) => `"${name}"`).join(" or ")}; there are ${known.join(", ")}.`,
    hint: () => `A module has the name that its Module("name", …) gives it, and must be listed in "modules" in the config.`,
  },
  noExecution: {
    type: "not_found",
    message: (id: string, workflow?: string) =>
      `No run${workflow === undefined ? "" : ` of the workflow "${workflow}"`} has the id or the transaction id "${id}".`,
    hint: () =>
      `"velella workflows list" shows those that go on or are kept; one that succeeded is kept when its workflow says so by "retentionTime" or "store".`,
  },
  severalExecutions: {
    type: "invalid_data",
    message: (id: string, workflows: readonly string[]) =>
      `The transaction id "${id}" names runs of several workflows: ${workflows.join(", ")}.`,
    hint: (_id: string, workflows: readonly string[]) => `Add --workflow ${workflows[0] ?? ""} to choose one.`,
  },
  notUndone: {
    type: "unexpected_state",
    message: (workflow: string, transactionId: string, reasons: readonly string[]) =>
      `Workflow "${workflow}", transaction "${transactionId}", could not be undone wholly: ${reasons.join("; ")}`,
    hint: (_workflow: string, transactionId: string) =>
      `See what was done by "velella workflows show ${transactionId}"; once the cause is mended, "velella workflows retry ${transactionId}" undoes the rest.`,
  },
  unknownWorkflow: {
    type: "not_found",
    message: (id: string, _known: readonly string[]) => `No workflow of this app is called "${id}".`,
    hint: (id: string, known: readonly string[]) => suggestion(id, known.toSorted()),
  },
  noEvents: {
    type: "not_found",
    message: (ids: readonly string[]) =>
      `The outbox has no event that was delivered with the id ${ids.map((id) => `"${id}"`).join(" or ")}.`,
    hint: () => `"velella events list" shows what it holds; events that everyone got are removed after an hour.`,
  },
  nothingChosen: {
    type: "invalid_data",
    message: () => "Which deliveries are to be given up?",
    hint: () => "Name events by their ids, or choose by --subscriber or --name; --all takes everything that is dead.",
  },
  unknownJob: {
    type: "not_found",
    message: (name: string, known: readonly string[]) =>
      `No job is called "${name}"${known.length ? `; there are ${known.toSorted().join(", ")}` : ", for there are none"}.`,
    hint: () => `A job is known from the first start of an app that has it.`,
  },
  invalidLimit: {
    type: "invalid_data",
    message: (text: string) => `"${text}" is no number of lines: a whole number from 1 was expected.`,
  },
  noSuchPath: {
    type: "not_found",
    message: (path: string, directory: string) => `There is no file or folder ${path} in ${directory}.`,
  },
  lintProblems: {
    type: "invalid_data",
    message: (number: number) => `${number === 1 ? "1 place is" : `${number} places are`} to be mended.`,
    hint: () => `Where one is right as it is, put // eslint-disable-next-line @velella/no-logic-on-references -- and the reason before it.`,
  },
});
