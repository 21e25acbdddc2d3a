import { mkdirSync, realpathSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "@velella/kernel";
import { addressOf, urlOf } from "./address";
import type { Address } from "./address";
import { provideBinaries } from "./binaries";
import { ensureCluster } from "./cluster";
import { embeddedErrors } from "./errors";
import { choosePlacement, findPlacement } from "./placement";
import type { Placement } from "./placement";
import { livingPostmaster, settledPostmaster, startPostmaster, stopPostmaster } from "./postmaster";
import type { ServerStyle } from "./postmaster";
import type { PostmasterFile } from "./postmaster-file";
import { meetingDatabase, Presence } from "./presence";
import { acquireStartLock } from "./start-lock";

/** What an {@link EmbeddedServer} is made of. */
export interface EmbeddedServerSettings {
  /** The folder the app names; made when missing. */
  directory: string;
  /** Where root's databases and programs lie. */
  systemFolder: string;
  /** How the server is started and reached; see {@link ServerStyle}. */
  style: ServerStyle;
  /** Remove everything when the last user leaves. */
  temporary: boolean;
  /** Told when the database is created, and when a server that died is started again. */
  logger: Logger;
}

/** A server that is up, and this process one of its users. */
export interface OpenServer {
  address: Address;
  placement: Placement;
  /** False when this process started the server. */
  joined: boolean;
}

type Share = OpenServer & { presence: Presence };

/** A first start may have to copy and create before it starts. */
const startLockTimeoutMs = 180_000;
const reachTimeoutMs = 10_000;
const rejoinPauseMs = 1_000;

/**
 * One process's share in the server of a folder. While it is open there is a server: one that dies is started again.
 * The last process to close its share stops the server.
 */
export class EmbeddedServer {
  private readonly settings: EmbeddedServerSettings;
  private share: Share | undefined;
  private opening: Promise<Share> | undefined;
  private rejoining: Promise<void> = Promise.resolve();
  private closing = false;

  constructor(settings: EmbeddedServerSettings) {
    this.settings = { ...settings, directory: makeFolder(settings.directory) };
  }

  /** Joins the server, or starts it, creating its data the first time. */
  async open(): Promise<OpenServer> {
    this.opening = this.joinReady().then((joined) => joined ?? this.joinOrStart());
    this.share = await this.opening;
    return this.share;
  }

  /** Gives up this process's share, once it is open; see the class. Must not be called twice. */
  async close(): Promise<void> {
    this.closing = true;
    await this.rejoining;
    // Whoever opens hears of its failure; then there is nothing to close.
    await this.opening?.catch(() => undefined);
    if (!this.share) return;
    const { presence, placement } = this.share;
    await presence.leave(async () => {
      const file = livingPostmaster(placement);
      if (!file) return;
      await stopPostmaster(placement, file.pid, this.binaries, this.settings.style);
      await this.tidyUp(placement, file.socketFolder);
    });
  }

  private get binaries() {
    return provideBinaries(this.share?.placement.binaries ?? []);
  }

  /** The usual case of a second process, without the lock. */
  private async joinReady(): Promise<Share | undefined> {
    const placement = findPlacement(this.settings.directory, this.settings.systemFolder);
    const file = placement && livingPostmaster(placement);
    if (file?.status !== "ready") return undefined;
    try {
      return await this.join(placement as Placement, file, true);
    } catch {
      return undefined; // It is being stopped, or was killed just now; under the lock we shall know.
    }
  }

  private async joinOrStart(): Promise<Share> {
    const { directory, systemFolder, logger } = this.settings;
    const release = await acquireStartLock(directory, startLockTimeoutMs);
    try {
      const placement = choosePlacement(directory, systemFolder, logger);
      for (const giveUpAt = Date.now() + reachTimeoutMs; ; await delay(50)) {
        const found = await settledPostmaster(placement);
        const file = found ?? (await this.start(placement));
        try {
          return await this.join(placement, file, found !== undefined);
        } catch (error) {
          const address = addressOf(placement, file);
          if (Date.now() > giveUpAt) throw embeddedErrors.notReachable(`${address.host}:${address.port}`, (error as Error).message);
        }
      }
    } finally {
      await release();
    }
  }

  private async join(placement: Placement, file: PostmasterFile, joined: boolean): Promise<Share> {
    const address = addressOf(placement, file);
    const presence = await Presence.take(address, () => this.rejoin());
    return { address, placement, presence, joined };
  }

  private async start(placement: Placement): Promise<PostmasterFile> {
    const { logger, style } = this.settings;
    const binaries = provideBinaries(placement.binaries);
    if (await ensureCluster(placement, binaries))
      logger.info(`Created an embedded PostgreSQL ${binaries.major} database in ${placement.data}`);
    return startPostmaster(placement, binaries, style);
  }

  private rejoin(): void {
    if (this.closing) return;
    const before = this.share && urlOf(this.share.address, meetingDatabase);
    this.share = undefined;
    this.settings.logger.warn("The embedded database has gone away; it is started again.");
    this.rejoining = this.rejoinUntilClosed(before);
  }

  private async rejoinUntilClosed(before: string | undefined): Promise<void> {
    while (!this.closing) {
      try {
        const { address } = await this.open();
        if (urlOf(address, meetingDatabase) !== before)
          this.settings.logger.error(`The embedded database now listens at ${address.host}:${address.port}; restart to use it.`);
        return;
      } catch (error) {
        this.settings.logger.error("The embedded database could not be started again; trying on.", error);
        await delay(rejoinPauseMs, undefined, { ref: false });
      }
    }
  }

  /** Under the lock, and only while nobody has started the server anew. */
  private async tidyUp(placement: Placement, socketFolder: string): Promise<void> {
    const release = await acquireStartLock(placement.directory, startLockTimeoutMs);
    const unused = this.settings.temporary ? [socketFolder, placement.home, placement.directory] : [socketFolder];
    if (!livingPostmaster(placement)) for (const folder of unused.filter(Boolean)) rmSync(folder, { recursive: true, force: true });
    await release();
  }
}

function makeFolder(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true });
    return realpathSync(directory);
  } catch (error) {
    throw embeddedErrors.folderNotUsable(directory, "make its folder", (error as Error).message);
  }
}
