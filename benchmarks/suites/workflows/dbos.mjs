import { DBOS } from "@dbos-inc/dbos-sdk";

const quiet = () => undefined;

/** DBOS with the same five steps, its tables in the same database. */
export async function openDbos({ url, poolSize }) {
  DBOS.setConfig({
    name: "velella-bench",
    systemDatabaseUrl: url,
    systemDatabasePoolSize: poolSize,
    logger: { info: quiet, debug: quiet, warn: quiet, error: console.error },
  });
  const durable = DBOS.registerWorkflow(
    async (input) => {
      let value = input;
      for (const number of [1, 2, 3, 4, 5]) value = await DBOS.runStep(async () => value, { name: `step-${number}` });
      return value;
    },
    { name: "bench-durable" },
  );
  await DBOS.launch();
  return { run: (input) => durable(input), close: () => DBOS.shutdown() };
}
