import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../src/api/client';
import { DraftKeeper, flushDrafts, type DraftContent, type DraftState } from '../src/lib/draft';

const problem = (status: number, more = {}) => new Problem({ type: 'x/y', title: 'không được', status, ...more });

describe('keeping a draft', () => {
  let saved: { content: DraftContent; etag?: string }[];
  let answers: (() => Promise<{ at: string; etag?: string }>)[];
  let states: DraftState[];
  let discarded: number;
  const kept: DraftKeeper[] = [];
  const keeper = (etag?: string) => {
    const one = new DraftKeeper({
      save(content, tag) {
        saved.push({ content, etag: tag });
        return (answers.shift() ?? (async () => ({ at: '2027-03-01T01:00:00Z', etag: `"${saved.length}"` })))();
      },
      async discard() { discarded += 1; },
    }, etag, (state) => states.push(state));
    kept.push(one);
    return one;
  };
  beforeEach(() => {
    vi.useFakeTimers();
    saved = [];
    answers = [];
    states = [];
    discarded = 0;
  });
  afterEach(() => {
    kept.splice(0).forEach((one) => { one.drop(); one.stop(); });
    vi.useRealTimers();
  });

  it('stores once after the last key stroke, naming the version before', async () => {
    const own = keeper('"3"');
    own.put({ comment: 'a' });
    await vi.advanceTimersByTimeAsync(800);
    own.put({ comment: 'ab' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(saved).toEqual([{ content: { comment: 'ab' }, etag: '"3"' }]);
    own.put({ comment: 'abc' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(saved[1]).toEqual({ content: { comment: 'abc' }, etag: '"1"' });
    expect(states.at(-1)).toEqual({ kind: 'saved', at: '2027-03-01T01:00:00Z' });
    expect(own.pending).toBe(false);
  });
  it('sends one request at a time and the newest content last', async () => {
    let release = () => {};
    answers.push(() => new Promise((resolve) => { release = () => resolve({ at: 'x', etag: '"1"' }); }));
    const own = keeper();
    own.put({ comment: 'first' });
    await vi.advanceTimersByTimeAsync(2000);
    own.put({ comment: 'second' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(saved).toHaveLength(1);
    release();
    await vi.advanceTimersByTimeAsync(2000);
    expect(saved.map((s) => [s.content.comment, s.etag])).toEqual([['first', undefined], ['second', '"1"']]);
  });
  it('tries again when the server cannot be reached, and keeps the newest', async () => {
    answers.push(() => Promise.reject(problem(0)));
    const own = keeper();
    own.put({ comment: 'typed' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(states.at(-1)).toEqual({ kind: 'failed', message: '' });
    expect(own.pending).toBe(true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(saved).toHaveLength(2);
    expect(states.at(-1)?.kind).toBe('saved');
  });
  it('does not repeat what the server refuses as it stands, and says why', async () => {
    answers.push(() => Promise.reject(problem(422, { detail: 'ký tự điều khiển' })));
    keeper().put({ comment: 'x' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(saved).toHaveLength(1);
    expect(states.at(-1)).toEqual({ kind: 'failed', message: 'ký tự điều khiển' });
  });
  it('tells when the draft was stored elsewhere, and goes on from there once that is settled', async () => {
    answers.push(() => Promise.reject(problem(412)));
    const own = keeper('"1"');
    own.put({ comment: 'mine' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(states.at(-1)).toEqual({ kind: 'elsewhere' });
    own.follow('"5"');
    own.put({ comment: 'mine' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(saved[1].etag).toBe('"5"');
  });
  it('names the task that asks again when this one has ended', async () => {
    answers.push(() => Promise.reject(problem(409, { successor: { id: 't-2' } })));
    keeper().put({ comment: 'late' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(states.at(-1)).toEqual({ kind: 'ended', successor: 't-2' });
  });
  it('stores at once when the page is left or the session ends', async () => {
    const own = keeper();
    own.put({ comment: 'typed' });
    own.stop();
    expect(saved).toHaveLength(1);
    const other = keeper();
    other.put({ comment: 'other' });
    await flushDrafts();
    expect(saved[1].content.comment).toBe('other');
  });
  it('stores nothing any more once the answer was sent or the draft discarded', async () => {
    const own = keeper();
    own.put({ comment: 'sent' });
    own.drop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(saved).toEqual([]);
    own.put({ comment: 'again' });
    await own.discard();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([saved.length, discarded]).toEqual([0, 1]);
  });
});
