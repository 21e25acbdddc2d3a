/** What a session holds: plain JSON. */
export type SessionData = Record<string, unknown>;

/** Where sessions are kept between requests. */
export interface SessionStore {
  /** The data of a session that has not expired; undefined otherwise. */
  get(id: string): Promise<SessionData | undefined>;
  /** Stores the data until a time. */
  set(id: string, data: SessionData, expiresAt: Date): Promise<void>;
  /** Forgets a session; one that is not there is no error. */
  destroy(id: string): Promise<void>;
}

/** Sessions in the memory of the process: for tests and development. They end with the process. */
export class MemorySessionStore implements SessionStore {
  private readonly sessions = new Map<string, { json: string; expiresAt: number }>();
  private nextSweep = 0;

  get(id: string): Promise<SessionData | undefined> {
    const found = this.sessions.get(id);
    if (!found || found.expiresAt <= Date.now()) return Promise.resolve(undefined);
    return Promise.resolve(JSON.parse(found.json) as SessionData);
  }

  set(id: string, data: SessionData, expiresAt: Date): Promise<void> {
    this.sweep();
    this.sessions.set(id, { json: JSON.stringify(data), expiresAt: expiresAt.getTime() });
    return Promise.resolve();
  }

  destroy(id: string): Promise<void> {
    this.sessions.delete(id);
    return Promise.resolve();
  }

  /** Expired sessions go once a minute, so that forgotten ones do not pile up. */
  private sweep(): void {
    const now = Date.now();
    if (now < this.nextSweep) return;
    this.nextSweep = now + 60_000;
    for (const [id, session] of this.sessions) if (session.expiresAt <= now) this.sessions.delete(id);
  }
}
