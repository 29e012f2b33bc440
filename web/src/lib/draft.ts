// What a person has typed into a task and not sent yet is kept on the server, so that it survives the
// session, the browser and the machine. Nothing of it stays in the browser.
import { isProblem } from '../api/client';

export type DraftContent = {
  outcome?: string;
  comment?: string;
  data?: Record<string, unknown>;
  attachments?: string[];
};
export type DraftState =
  | { kind: 'none' }
  | { kind: 'saving' }
  | { kind: 'saved'; at: string }
  /** Not stored yet: it is tried again, and the page keeps it meanwhile. */
  | { kind: 'failed'; message: string }
  /** Another page of the same person stored something since. */
  | { kind: 'elsewhere' }
  /** The task has ended; `successor` is the same step asked again. */
  | { kind: 'ended'; successor?: string };

export type DraftStore = {
  save: (content: DraftContent, etag: string | undefined, last: boolean) => Promise<{ at: string; etag?: string }>;
  discard: () => Promise<void>;
};

/** After the last key stroke; short enough to lose little, long enough not to store every letter. */
const pauseMs = 1200;
const retryMs = 8000;

const keepers = new Set<DraftKeeper>();
/** Stores at once whatever any open task still holds; before the session ends. */
export const flushDrafts = () => Promise.all([...keepers].map((keeper) => keeper.flush()));

/** Stores what changes, one request at a time, the newest content last. */
export class DraftKeeper {
  private waiting: DraftContent | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private going: Promise<void> | null = null;
  private stopped = false;
  /** Counts what was discarded or overtaken, so that a late answer is not believed. */
  private era = 0;

  constructor(
    private readonly store: DraftStore,
    private etag: string | undefined,
    private readonly tell: (state: DraftState) => void,
  ) {
    keepers.add(this);
  }

  put(content: DraftContent) {
    if (this.stopped) return;
    this.waiting = content;
    this.later(pauseMs);
  }

  /** Whether something typed is not stored yet. */
  get pending() {
    return this.waiting !== null || this.going !== null;
  }

  /** Stores now what waits. */
  async flush(last = false): Promise<void> {
    clearTimeout(this.timer);
    if (this.going) await this.going;
    if (!this.waiting) return;
    const content = this.waiting;
    this.waiting = null;
    this.going = this.send(content, last).finally(() => {
      this.going = null;
    });
    await this.going;
  }

  /** Goes on from what was stored elsewhere: either its content was taken over or it is overwritten. */
  follow(etag: string | undefined) {
    this.etag = etag;
    this.tell({ kind: 'none' });
  }

  async discard() {
    clearTimeout(this.timer);
    this.era += 1;
    this.waiting = null;
    if (this.going) await this.going;
    await this.store.discard();
    this.etag = undefined;
    this.tell({ kind: 'none' });
  }

  /** The answer itself was sent: nothing more is to be stored. */
  drop() {
    clearTimeout(this.timer);
    this.era += 1;
    this.waiting = null;
  }

  stop() {
    void this.flush(true);
    this.stopped = true;
    keepers.delete(this);
  }

  private later(ms: number) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  private async send(content: DraftContent, last: boolean) {
    const era = this.era;
    this.tell({ kind: 'saving' });
    try {
      const { at, etag } = await this.store.save(content, this.etag, last);
      this.etag = etag;
      if (era === this.era) this.tell({ kind: 'saved', at });
    } catch (error) {
      if (era !== this.era) return;
      if (isProblem(error, 412)) {
        this.tell({ kind: 'elsewhere' });
      } else if (isProblem(error, 409)) {
        this.tell({ kind: 'ended', successor: (error.body as { successor?: { id: string } }).successor?.id });
      } else {
        this.tell({ kind: 'failed', message: isProblem(error) && error.status ? error.message : '' });
        // What the server refuses as it stands is not sent again; what did not reach it is.
        const again = isProblem(error) && (error.status === 0 || error.status === 429 || error.status >= 500);
        if (again && !this.stopped) {
          this.waiting ??= content;
          this.later(retryMs);
        }
      }
    }
  }
}
