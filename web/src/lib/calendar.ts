import type { CalendarMove, CalendarPreview, Day, DayKind } from '../api/calendar';
import type { Text, UnitRef } from '../api/types';

const iso = (at: Date) => at.toISOString().slice(0, 10);
const utc = (year: number, month: number, day: number) => new Date(Date.UTC(year, month, day));

/** The month before or after, YYYY-MM. */
export function monthAfter(month: string, step: number): string {
  const [y, m] = month.split('-').map(Number);
  return iso(utc(y, m - 1 + step, 1)).slice(0, 7);
}

/** The weeks of a month, Monday first, as days YYYY-MM-DD; null where another month lies. */
export function weeksOf(month: string): (string | null)[][] {
  const [y, m] = month.split('-').map(Number);
  const days = utc(y, m, 0).getUTCDate();
  const before = (utc(y, m - 1, 1).getUTCDay() + 6) % 7;
  const cells: (string | null)[] = [
    ...Array<null>(before).fill(null),
    ...Array.from({ length: days }, (_, i) => `${month}-${String(i + 1).padStart(2, '0')}`),
  ];
  while (cells.length % 7) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(i * 7, i * 7 + 7));
}

/** Days that are not what their weekday says. */
export const isSpecial = (day: Day) => day.kind !== 'work' && day.kind !== 'weekend';

/** Days in a row that are the same for the same reason, as one line. */
export type Stretch = { from: string; to: string; day: Day };
export function stretchesOf(days: Day[]): Stretch[] {
  const out: Stretch[] = [];
  const key = (day: Day) => JSON.stringify([day.kind, day.name, day.legalBasis, day.provisional, day.hours]);
  for (const day of days.filter(isSpecial)) {
    const last = out.at(-1);
    const next = last && iso(new Date(Date.parse(`${last.to}T00:00:00Z`) + 86_400_000));
    if (last && next === day.date && key(last.day) === key(day)) last.to = day.date;
    else out.push({ from: day.date, to: day.date, day });
  }
  return out;
}

export type NewDay = { date: string; kind: DayKind; name: Text; legalBasis: string; provisional: boolean };
/** A file that lays one day over the calendar as it stands. */
export const fileOfDay = (calendar: string, day: NewDay) => ({
  id: calendar,
  parent: calendar,
  days: [{
    date: day.date,
    kind: day.kind,
    ...(day.name.vi ? { name: { vi: day.name.vi, en: day.name.en || day.name.vi } } : {}),
    ...(day.legalBasis ? { legalBasis: day.legalBasis } : {}),
    ...(day.provisional ? { status: 'provisional' } : {}),
  }],
});

export type Moves = {
  items: CalendarMove[];
  byUnit: { unit: UnitRef | null; moves: Partial<Record<CalendarMove['kind'], number>> }[];
  confirmed: number;
  lookedAt: number;
  openInstances: number;
};
export const noMoves: Moves = { items: [], byUnit: [], confirmed: 0, lookedAt: 0, openInstances: 0 };
/** The preview so far and its next page. */
export function withPage(before: Moves, page: CalendarPreview): Moves {
  const byUnit = before.byUnit.map((row) => ({ ...row, moves: { ...row.moves } }));
  for (const { unit, moves } of page.byUnit) {
    let row = byUnit.find((one) => one.unit?.id === unit?.id);
    if (!row) byUnit.push((row = { unit, moves: {} }));
    for (const [kind, count] of Object.entries(moves) as [CalendarMove['kind'], number][]) row.moves[kind] = (row.moves[kind] ?? 0) + count;
  }
  return {
    items: [...before.items, ...page.items],
    byUnit,
    confirmed: before.confirmed + page.confirmed,
    lookedAt: before.lookedAt + page.lookedAt,
    openInstances: page.openInstances,
  };
}
