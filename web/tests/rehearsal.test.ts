import { describe, expect, it } from 'vitest';
import type { Rehearsal } from '../src/api/rehearsal';
import { collisionsMet, loadTable, mondayOf, months, stepTitles, stuckSteps } from '../src/lib/rehearsal';

describe('what a rehearsal tells', () => {
  it('puts those with the heaviest week first and leaves out who has nothing due', () => {
    const { rows, weeks, most } = loadTable([
      { person: 'an', week: '2027-W02', answered: 1, due: 1, reminders: 0 },
      { person: 'an', week: '2027-W01', answered: 0, due: 2, reminders: 1 },
      { person: 'binh', week: '2027-W03', answered: 0, due: 5, reminders: 0 },
      { person: 'cuc', week: '2027-W09', answered: 0, due: 0, reminders: 4 },
    ]);
    expect(rows.map((row) => [row.person, row.total, row.peak])).toEqual([
      ['binh', 5, { week: '2027-W03', due: 5 }], ['an', 3, { week: '2027-W01', due: 2 }],
    ]);
    expect([weeks, most]).toEqual([['2027-W01', '2027-W02', '2027-W03'], 5]);
  });
  it('tells the same collision of several units once', () => {
    const tet = { kind: 'deadline-moved', date: '2027-02-05', instead: '2027-02-10', reason: { vi: 'Tết', en: 'Tết' }, definition: 'training' };
    const met = collisionsMet([{ ...tet, unit: 'so-a' }, { ...tet, unit: 'so-b' }, { ...tet, instead: '2027-02-11', unit: 'so-c' }]);
    expect(met.map((one) => one.units)).toEqual([['so-a', 'so-b'], ['so-c']]);
  });
  it('tells a step that nobody can take once, the most common first', () => {
    const at = { definition: 'reward', instance: 'r1', at: '', detail: 'không ai là kế toán' };
    const stuck = stuckSteps([{ ...at, unit: 'so-a', step: '/do/1/pay' }, { ...at, unit: 'so-b', step: '/do/2/vote' }, { ...at, unit: 'so-c', step: '/do/2/vote' }, { ...at, unit: 'so-c', step: '/do/2/vote' }]);
    expect(stuck.map((one) => [one.step, one.units])).toEqual([['/do/2/vote', ['so-b', 'so-c']], ['/do/1/pay', ['so-a']]]);
  });
  it('joins what several units lack, by the role that nobody holds', () => {
    const at = { definition: 'board', instance: 'i', step: '/do/0/propose', at: '2027-01-04T01:00:00Z' };
    const stuck = stuckSteps(['so-a', 'so-b'].map((unit) => ({ ...at, unit, detail: `nobody qualifies for this task: candidates role:union-executive@${unit}` })));
    expect(stuck.map((one) => [one.roles, one.units])).toEqual([[['union-executive'], ['so-a', 'so-b']]]);
  });
  it('names a step by the title of its task, else by its pointer', () => {
    const title = stepTitles({ tasks: [{ definition: 'reward', step: '/do/0/report', title: { vi: 'Báo cáo', en: 'Report' } }] } as unknown as Rehearsal);
    expect(title('reward', '/do/0/report')).toEqual({ vi: 'Báo cáo', en: 'Report' });
    expect(title('reward', '/do/3/pay')).toBe('pay');
    expect(title('reward', undefined)).toBe('');
  });
  it('counts by month', () => {
    const played = {
      deadlines: [{ date: '2027-02-10', overdue: true }, { date: '2027-02-11', overdue: false }, { date: '2027-03-01', overdue: false }],
      starts: [{ at: '2027-01-04T08:00:00+07:00' }],
    } as unknown as Rehearsal;
    expect(months(played)).toEqual([
      { month: '2027-01', due: 0, overdue: 0, starts: 1 }, { month: '2027-02', due: 2, overdue: 1, starts: 0 }, { month: '2027-03', due: 1, overdue: 0, starts: 0 },
    ]);
  });
  it('knows the Monday of an ISO week', () => {
    expect([mondayOf('2027-W01'), mondayOf('2026-W53'), mondayOf('2027-W05')]).toEqual(['2027-01-04', '2026-12-28', '2027-02-01']);
  });
});
