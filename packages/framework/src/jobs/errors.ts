import { defineErrors, suggestion } from "@velella/kernel";

/** What can be wrong with a job file. */
export const jobErrors = defineErrors("job", {
  noFunction: {
    type: "invalid_data",
    message: (file: string) => `The job ${file} has no default export that is a function.`,
    hint: () => `Write: export default async function (container: MedusaContainer) { … }`,
  },
  noName: {
    type: "invalid_data",
    message: (file: string) => `The job ${file} has no name.`,
    hint: () => `Write: export const config = { name: "my-job", schedule: "0 7 * * *" }`,
  },
  noSchedule: {
    type: "invalid_data",
    message: (file: string) => `The job ${file} has no schedule.`,
    hint: () => `Set "schedule" in its config to a cron expression such as "0 7 * * *", or to { interval: 60000 }.`,
  },
  badOption: {
    type: "invalid_data",
    message: (file: string, option: string, found: string, expected: string) =>
      `"${option}" in the config of the job ${file} is ${found}; expected ${expected}.`,
  },
  unknownOption: {
    type: "invalid_data",
    message: (file: string, option: string, _known: readonly string[]) => `The config of the job ${file} has no option "${option}".`,
    hint: (_file: string, option: string, known: readonly string[]) => suggestion(option, known),
  },
  badSchedule: {
    type: "invalid_data",
    message: (file: string, issue: string) => `The job ${file} cannot be scheduled. ${issue}`,
    hint: () => `A schedule is a cron expression such as "0 7 * * *", or { interval: 60000 } in milliseconds; a timezone an IANA name.`,
  },
});
