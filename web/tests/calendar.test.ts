import { describe, expect, it } from 'vitest';
import type { CalendarPreview, Day } from '../src/api/calendar';
import { fileOfDay, monthAfter, noMoves, stretchesOf, weeksOf, withPage } from '../src/lib/calendar';
import { formatMonth } from '../src/lib/dates';

const day = (date: string, kind: Day['kind'], name = ''): Day =>
  ({ date, kind, working: kind === 'work', name: name ? { vi: name, en: name } : null, hours: [], provisional: false });

describe('a month', () => {
  it('is laid out in whole weeks that begin on Monday', () => {
    const weeks = weeksOf('2027-02');
    expect(weeks).toHaveLength(4);
    expect(weeks[0][0]).toBe('2027-02-01');
    expect(weeksOf('2026-08')[0]).toEqual([null, null, null, null, null, '2026-08-01', '2026-08-02']);
    expect(weeksOf('2028-02').flat().filter(Boolean)).toHaveLength(29);
  });
  it('follows the one before across the year', () => {
    expect([monthAfter('2026-12', 1), monthAfter('2027-01', -1), monthAfter('2027-03', 0)]).toEqual(['2027-01', '2026-12', '2027-03']);
  });
  it('has a name in both languages', () => {
    expect([formatMonth('2027-03', 'vi'), formatMonth('2027-03', 'en')]).toEqual(['Tháng 3 năm 2027', 'March 2027']);
  });
});

describe('special days', () => {
  it('are told as stretches, across a month, of one kind and name', () => {
    const days = [
      day('2026-08-31', 'swap_off', 'Quốc khánh'), day('2026-09-01', 'holiday', 'Quốc khánh'), day('2026-09-02', 'holiday', 'Quốc khánh'),
      day('2026-09-03', 'work'), day('2026-09-05', 'weekend'), day('2026-09-04', 'holiday', 'Quốc khánh'),
    ];
    expect(stretchesOf(days).map((s) => [s.from, s.to, s.day.kind])).toEqual([
      ['2026-08-31', '2026-08-31', 'swap_off'], ['2026-09-01', '2026-09-02', 'holiday'], ['2026-09-04', '2026-09-04', 'holiday'],
    ]);
  });
  it('are added as a layer over the calendar in use, with what was filled in alone', () => {
    expect(fileOfDay('vn', { date: '2027-09-10', kind: 'holiday', name: { vi: 'Bão', en: '' }, legalBasis: '', provisional: false }))
      .toEqual({ id: 'vn', parent: 'vn', days: [{ date: '2027-09-10', kind: 'holiday', name: { vi: 'Bão', en: 'Bão' } }] });
    expect(fileOfDay('vn', { date: '2027-09-10', kind: 'work', name: { vi: '', en: '' }, legalBasis: 'QĐ 1', provisional: true }).days[0])
      .toEqual({ date: '2027-09-10', kind: 'work', legalBasis: 'QĐ 1', status: 'provisional' });
  });
});

describe('a preview', () => {
  it('adds up page by page, unit by unit', () => {
    const unit = { id: 'so-a', name: { vi: 'Sở A', en: 'A' } };
    const page = (due: number, done: number) => ({
      items: Array(due).fill({ kind: 'due' }), byUnit: [{ unit, moves: { due } }, { unit: null, moves: { start: 1 } }], confirmed: 2, lookedAt: done, openInstances: 9,
    }) as unknown as CalendarPreview;
    const all = withPage(withPage(noMoves, page(2, 4)), page(1, 5));
    expect(all.items).toHaveLength(3);
    expect(all.byUnit).toEqual([{ unit, moves: { due: 3 } }, { unit: null, moves: { start: 2 } }]);
    expect([all.confirmed, all.lookedAt, all.openInstances]).toEqual([4, 9, 9]);
    expect(noMoves.byUnit).toEqual([]);
  });
});
