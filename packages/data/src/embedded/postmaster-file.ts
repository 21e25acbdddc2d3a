import { readFileSync } from "node:fs";
import path from "node:path";

/** What PostgreSQL writes into `postmaster.pid` while it runs; a killed server leaves the file behind. */
export interface PostmasterFile {
  pid: number;
  port: number;
  /** Folder of the unix socket; empty when there is none. */
  socketFolder: string;
  /** Empty until it is known how far the start has come. */
  status: "" | "starting" | "stopping" | "ready";
}

/** Where PostgreSQL notes its process for the data folder `data`. */
export const postmasterFilePath = (data: string) => path.join(data, "postmaster.pid");

/** Reads `postmaster.pid` of the data folder `data`; undefined when there is none, or only its beginning so far. */
export function readPostmasterFile(data: string): PostmasterFile | undefined {
  let lines: string[];
  try {
    lines = readFileSync(postmasterFilePath(data), "utf8").split("\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const [pid = "", , , port = "", socketFolder = "", , , status = ""] = lines;
  if (!(Number(pid) > 0)) return undefined;
  return { pid: Number(pid), port: Number(port), socketFolder, status: status.trim() as PostmasterFile["status"] };
}
