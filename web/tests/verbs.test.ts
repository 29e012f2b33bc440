import { describe, expect, it } from 'vitest';
import type { HistoryEntry, Me, TaskDetail } from '../src/api/types';
import { delegationIn, openQuestions, verbsOf } from '../src/lib/verbs';

const task = (more: Partial<TaskDetail> = {}) =>
  ({ id: 'a.1', kind: 'task', state: 'claimed', mine: true, claimable: false, canComplete: true, unit: { id: 'finance' }, ...more }) as TaskDetail;
const me = (more: Partial<Me> = {}) => ({ person: { id: 'lan', name: 'Lan' }, isAdministrator: false, roles: [], units: [], ...more }) as unknown as Me;

describe('what may be done with a task besides answering it', () => {
  it('lets its holder begin, ask, have others sign and give it back', () => {
    expect(verbsOf(task(), me(), false)).toEqual(['start', 'requestInfo', 'addSigner', 'release']);
    expect(verbsOf(task({ state: 'in_progress' }), me(), true)).toEqual(['requestInfo', 'addSigner', 'delegate', 'release']);
    expect(verbsOf(task({ state: 'offered', mine: false }), me(), true)).toEqual(['start']);
  });
  it('lets who leads its unit give it to another, and administrators withdraw it', () => {
    const others = task({ mine: false, canComplete: false });
    const head = [{ role: 'head' }] as Me['roles'];
    expect(verbsOf(others, me({ roles: head, units: [{ id: 'finance' }] as Me['units'] }), false)).toEqual(['reassign']);
    expect(verbsOf(others, me({ roles: head, units: [{ id: 'health' }] as Me['units'] }), false)).toEqual([]);
    expect(verbsOf(others, me({ isAdministrator: true }), false)).toEqual(['reassign', 'withdraw']);
  });
  it('leaves ballots and ended tasks alone', () => {
    expect(verbsOf(task({ kind: 'ballot' }), me({ isAdministrator: true }), true)).toEqual([]);
    expect(verbsOf(task({ state: 'completed' }), me({ isAdministrator: true }), true)).toEqual([]);
  });
  it('finds in a definition whether a step may be handed on', () => {
    const document = { do: [{ write: { with: { delegation: 'once' } } }, { loop: { for: {}, do: [{ sign: { with: { delegation: 'none' } } }] } }] };
    expect(delegationIn(document, 'write')).toBe(true);
    expect(delegationIn(document, 'sign')).toBe(false);
    expect(delegationIn(document, 'other')).toBe(false);
  });
});

describe('questions about a task', () => {
  let seq = 0;
  const entry = (kind: string, by: string, title: string, about = 'a.1') =>
    ({ seq: ++seq, kind, task: about, by: { id: by, name: by }, title: { vi: title, en: title } }) as HistoryEntry;
  it('are open until the one who was asked has answered', () => {
    const lan = entry('info_requested', 'Binh', 'Binh hỏi Lan');
    const mai = entry('info_requested', 'Binh', 'Binh hỏi Mai');
    expect(openQuestions([lan, mai], 'a.1')).toEqual([lan, mai]);
    expect(openQuestions([lan, mai, entry('info_provided', 'Mai', 'Mai trả lời')], 'a.1')).toEqual([lan]);
    expect(openQuestions([lan], 'a.2')).toEqual([]);
  });
});
