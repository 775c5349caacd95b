import { dirname, join } from 'node:path';
import type { Clock } from '../util/clock.js';
import { HEARTBEAT_MS } from './lock.js';
import { LockedFolder } from './locked-folder.js';
import type { SpoolTasks } from './spool-tasks.js';

export interface OwnFolderHost {
  /** Whether files are in the folder or on their way into it. */
  isNeeded(): boolean;
  /** A check begins. @returns is called with the names of the files if the folder still belongs to this process */
  checkBegins(): (names: ReadonlySet<string>) => void;
  /** A check is over, and this process has no folder or certainly holds it. */
  checked(): void;
  /** The folder is lost, with all its files. */
  lost(how: 'taken over' | 'removed'): void;
}

/**
 * The folder of this process in the spool directory. It exists only while files are kept: a process that keeps none
 * needs no heartbeat, and other processes need not watch it.
 */
export class OwnFolder {
  readonly #root: string;
  readonly #clock: Clock;
  readonly #tasks: SpoolTasks;
  readonly #host: OwnFolderHost;
  #folder: LockedFolder | undefined;
  #creating: Promise<LockedFolder> | undefined;
  #checking: Promise<void> | undefined;
  #files = 0;
  #isClosed = false;
  #cancelHeartbeat: () => void = () => undefined;

  constructor(root: string, clock: Clock, tasks: SpoolTasks, host: OwnFolderHost) {
    this.#root = root;
    this.#clock = clock;
    this.#tasks = tasks;
    this.#host = host;
  }

  /** Whether there is a folder that certainly still belongs to this process. */
  get isHeld(): boolean {
    return this.#folder?.isHeld ?? false;
  }

  is(path: string): boolean {
    return this.#folder?.path === path;
  }

  contains(path: string): boolean {
    return this.is(dirname(path));
  }

  /** @returns a path in the folder that no file has yet @throws if there is no folder and none can be created */
  async nextPath(): Promise<string> {
    // After a standstill another process may have taken it over.
    if (this.#folder !== undefined && !this.isHeld) await this.check();
    const folder = this.#folder ?? (await this.#create());
    return join(folder.path, `${this.#files++}.ndjson`);
  }

  #create(): Promise<LockedFolder> {
    this.#creating ??= LockedFolder.create(this.#root, this.#clock)
      .then((folder) => {
        this.#folder = folder;
        this.#scheduleHeartbeat();
        return folder;
      })
      .finally(() => {
        this.#creating = undefined;
      });
    return this.#creating;
  }

  #scheduleHeartbeat(): void {
    this.#cancelHeartbeat();
    if (this.#isClosed) return;
    this.#cancelHeartbeat = this.#clock.after(HEARTBEAT_MS, () => this.#tasks.track(this.#heartbeat()));
  }

  async #heartbeat(): Promise<void> {
    await this.releaseIfUnneeded();
    if (this.#folder === undefined) return;
    await this.check();
    this.#scheduleHeartbeat();
  }

  /** Shows that this process lives, and finds out whether its folder and files are still there. Never rejects. */
  check(): Promise<void> {
    const folder = this.#folder;
    if (folder === undefined) return Promise.resolve();
    this.#checking ??= this.#check(folder).finally(() => {
      this.#checking = undefined;
      // Otherwise the next heartbeat checks again.
      if (this.#folder === undefined || this.isHeld) this.#host.checked();
    });
    return this.#checking;
  }

  async #check(folder: LockedFolder): Promise<void> {
    const confirm = this.#host.checkBegins();
    try {
      const names = await folder.heartbeat();
      if (names !== undefined) {
        confirm(names);
        return;
      }
      const how = (await folder.wasTakenOver()) ? 'taken over' : 'removed';
      if (this.#folder === folder) this.#folder = undefined;
      this.#cancelHeartbeat();
      this.#host.lost(how);
    } catch (error) {
      this.#tasks.report(
        `Nothing is written to ${folder.path} now, because it is not known whether it still belongs to this process. Events wait only in memory.`,
        error,
      );
    }
  }

  /** Removes the folder if nothing is kept in it. Never rejects. */
  async releaseIfUnneeded(): Promise<void> {
    if (this.#folder === undefined || this.#host.isNeeded()) return;
    this.#cancelHeartbeat();
    await this.release();
  }

  stopHeartbeat(): void {
    this.#isClosed = true;
    this.#cancelHeartbeat();
  }

  /** Leaves the folder to the next process, or removes it if it is empty. Never rejects. */
  async release(): Promise<void> {
    const folder = this.#folder;
    this.#folder = undefined;
    await folder
      ?.release()
      .catch((error) =>
        this.#tasks.report(
          `The lock of ${folder.path} cannot be removed. Another process waits ten seconds before it takes the folder over.`,
          error,
        ),
      );
  }
}
