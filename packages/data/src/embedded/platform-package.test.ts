import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { findPlatformPackage, platformPackageName } from "./platform-package";

const manifest = JSON.parse(readFileSync(path.resolve(__dirname, "../../package.json"), "utf8")) as {
  optionalDependencies: Record<string, string>;
};

test("the package of each platform is among the optional dependencies", () => {
  const platforms = ["darwin-arm64", "darwin-x64", "linux-arm", "linux-arm64", "linux-ia32", "linux-ppc64", "linux-x64", "win32-x64"];
  const names = platforms.map((platform) => {
    const [os = "", arch = ""] = platform.split("-");
    return platformPackageName({ os, arch, glibc: true });
  });
  expect(Object.keys(manifest.optionalDependencies)).toEqual(names);
});

test("all have the same version, to the digit, which is the one that is installed", () => {
  expect(new Set(Object.values(manifest.optionalDependencies))).toEqual(new Set([findPlatformPackage().version]));
});

test("where there is no package, DATABASE_URL is asked for", () => {
  const alpine = { os: "linux", arch: "x64", glibc: false };
  const unknown = { os: "freebsd", arch: "x64", glibc: false };
  expect(() => platformPackageName(alpine)).toThrow("There is no embedded PostgreSQL for linux x64 without glibc (such as Alpine Linux).");
  expect(() => platformPackageName(unknown)).toThrow("There is no embedded PostgreSQL for freebsd x64.");
  expect(() => platformPackageName(alpine)).toThrow(
    expect.objectContaining({ reason: "embedded.no_binaries", hint: expect.stringContaining("DATABASE_URL") }),
  );
});
