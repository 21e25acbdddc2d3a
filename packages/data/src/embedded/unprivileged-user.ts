import { existsSync, readFileSync } from "node:fs";

/** Numeric ids of a user and of its group. */
export interface User {
  uid: number;
  gid: number;
}

/** In the order of preference; `_postgres` is macOS's. */
const candidates = ["postgres", "_postgres", "nobody"];
/** What `nobody` is wherever no list of users says otherwise. */
const nobody: User = { uid: 65534, gid: 65534 };

/** The user as whom PostgreSQL, which refuses root, runs when root starts it: an existing one without rights. */
export function unprivilegedUser(passwd = readPasswd()): User {
  const users = new Map(
    passwd
      .split("\n")
      .map((line) => line.split(":"))
      .map((fields) => [fields[0], fields] as const),
  );
  for (const name of candidates) {
    const fields = users.get(name);
    // macOS writes -2 for 4294967294.
    const [uid, gid] = [Number(fields?.[2]) >>> 0, Number(fields?.[3]) >>> 0];
    if (fields && uid > 0 && gid > 0) return { uid, gid };
  }
  return nobody;
}

const readPasswd = () => (existsSync("/etc/passwd") ? readFileSync("/etc/passwd", "utf8") : "");
