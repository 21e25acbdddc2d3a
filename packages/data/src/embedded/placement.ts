import { createHash, randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Logger } from "@velella/kernel";
import { removeAbandoned, writeOrigin } from "./abandoned";
import { userCacheFolder } from "./binaries";
import { embeddedErrors } from "./errors";
import { unprivilegedUser } from "./unprivileged-user";
import type { User } from "./unprivileged-user";

/** Where the files of one embedded database lie, and as whom its server runs. */
export interface Placement {
  /** The folder the app names. Holds the start lock, and what follows unless root started it. */
  directory: string;
  /** PostgreSQL's data folder. */
  data: string;
  /** The folder around `data`: server log, password. */
  home: string;
  /** As whom PostgreSQL's programs run; undefined: as this process. */
  user?: User;
  /** Folders for copies of PostgreSQL's programs, the preferred one first. */
  binaries: string[];
}

/** Written into the app's folder when the data lies elsewhere. */
interface Location {
  home: string;
  /** The app's folder at that time, by which a copy of the app is told from one that was moved. */
  directory: string;
}

/**
 * Finds the place of the database of `directory`; undefined when none has been chosen yet.
 *
 * It is the folder itself, except for root: PostgreSQL refuses to run as root, and the user that it gets instead
 * can often not enter the folders above the app. Root's databases lie below `systemFolder`.
 *
 * @throws embedded.owned_by_another
 */
export function findPlacement(directory: string, systemFolder: string): Placement | undefined {
  const data = path.join(directory, "data");
  const location = readLocation(directory);
  if (existsSync(data)) {
    const { uid, gid } = statSync(data);
    if (isRoot()) return inFolder(directory, [systemFolder], { uid, gid });
    if (process.getuid && process.getuid() !== uid) throw embeddedErrors.ownedByAnother(data, `user ${uid}`, `user ${process.getuid()}`);
    return inFolder(directory);
  }
  if (!location) return isRoot() ? undefined : inFolder(directory);
  if (!isRoot()) throw embeddedErrors.ownedByAnother(location.home, "root", `user ${process.getuid?.() ?? "?"}`);
  if (!existsSync(location.home) || isCopy(directory, location)) return undefined;
  const { uid, gid } = statSync(location.home);
  return { ...inFolder(location.home, [systemFolder], { uid, gid }), directory };
}

/**
 * Like {@link findPlacement}, and chooses one where none is. To be called under the start lock.
 * @throws embedded.owned_by_another, embedded.folder_not_usable
 */
export function choosePlacement(directory: string, systemFolder: string, logger: Logger): Placement {
  const found = findPlacement(directory, systemFolder);
  if (found) return found;
  const earlier = readLocation(directory);
  if (earlier) {
    const reason = existsSync(earlier.home) ? `belongs to ${earlier.directory}, of which this folder is a copy` : "is gone";
    logger.warn(`The embedded database of ${directory} lay in ${earlier.home}, which ${reason}. An empty one is made.`);
  }
  const hash = createHash("sha256").update(realpathSync(directory)).digest("hex").slice(0, 12);
  const home = path.join(systemFolder, `${hash}-${randomBytes(3).toString("hex")}`);
  const user = unprivilegedUser();
  try {
    mkdirSync(systemFolder, { recursive: true });
    chmodSync(systemFolder, 0o755);
    removeAbandoned(systemFolder);
    mkdirSync(home, { mode: 0o700 });
    chownSync(home, user.uid, user.gid);
    writeOrigin(home, realpathSync(directory));
    writeLocation(directory, { home, directory: realpathSync(directory) });
  } catch (error) {
    throw embeddedErrors.folderNotUsable(systemFolder, "make a folder for its data", (error as Error).message);
  }
  return { ...inFolder(home, [systemFolder], user), directory };
}

const isRoot = () => process.getuid?.() === 0;

function inFolder(home: string, binaries = [userCacheFolder(), path.join(home, "programs")], user?: User): Placement {
  return { directory: home, home, data: path.join(home, "data"), binaries, ...(user ? { user } : {}) };
}

const locationFile = (directory: string) => path.join(directory, "location.json");

function readLocation(directory: string): Location | undefined {
  const file = locationFile(directory);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Location) : undefined;
}

function writeLocation(directory: string, location: Location): void {
  writeFileSync(locationFile(directory), `${JSON.stringify(location, null, 2)}\n`);
}

/** True when the folder that `location` was written for is still there and still claims the same data. */
function isCopy(directory: string, location: Location): boolean {
  if (location.directory === realpathSync(directory)) return false;
  return readLocation(location.directory)?.home === location.home;
}
