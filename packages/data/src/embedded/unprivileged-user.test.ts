import { expect, test } from "vitest";
import { unprivilegedUser } from "./unprivileged-user";

const root = "root:x:0:0:root:/root:/bin/bash";

test("the user postgres, else nobody, else nobody's usual id", () => {
  const nobody = "nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin";
  expect(unprivilegedUser(`${root}\n${nobody}\npostgres:x:101:104::/var/lib/postgresql:/bin/bash\n`)).toEqual({ uid: 101, gid: 104 });
  expect(unprivilegedUser(`${root}\n${nobody}\n`)).toEqual({ uid: 65534, gid: 65533 });
  expect(unprivilegedUser(root)).toEqual({ uid: 65534, gid: 65534 });
});

test("macOS's negative ids, and never root under another name", () => {
  expect(unprivilegedUser(`${root}\nnobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false\n`)).toEqual({
    uid: 4294967294,
    gid: 4294967294,
  });
  expect(unprivilegedUser("postgres:x:0:0::/:/bin/sh\nnobody:x:99:99::/:/bin/false")).toEqual({ uid: 99, gid: 99 });
});
