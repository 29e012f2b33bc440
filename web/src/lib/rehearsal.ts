import type { Collision, Hindrance, Rehearsal } from '../api/rehearsal';
import type { Text } from '../api/types';

/** The last name of a step's pointer; its title where a task of it was opened. */
export function stepTitles(played: Rehearsal): (definition: string, step: string | undefined) => Text | string {
  const titles = new Map<string, Text>();
  for (const task of played.tasks) {
    const key = `${task.definition} ${task.step}`;
    if (!titles.has(key)) titles.set(key, task.title);
  }
  return (definition, step) => (step ? titles.get(`${definition} ${step}`) ?? step.split('/').pop() ?? '' : '');
}

export type LoadRow = { person: string; total: number; peak: { week: string; due: number }; weeks: Map<string, { answered: number; due: number; reminders: number }> };
/** The load by person, the heaviest first, and the weeks in order. */
export function loadTable(load: Rehearsal['load']): { rows: LoadRow[]; weeks: string[]; most: number } {
  const rows = new Map<string, LoadRow>();
  const weeks = new Set<string>();
  let most = 0;
  for (const { person, week, ...counts } of load) {
    let row = rows.get(person);
    if (!row) rows.set(person, (row = { person, total: 0, peak: { week, due: 0 }, weeks: new Map() }));
    row.weeks.set(week, counts);
    row.total += counts.due;
    if (counts.due > row.peak.due) row.peak = { week, due: counts.due };
    most = Math.max(most, counts.due);
    if (counts.due || counts.answered) weeks.add(week);
  }
  return {
    rows: [...rows.values()].filter((row) => row.total > 0).sort((a, b) => b.peak.due - a.peak.due || b.total - a.total || a.person.localeCompare(b.person)),
    weeks: [...weeks].sort(),
    most,
  };
}

export type Met = { kind: string; date: string; instead: string; reason: Text; definition: string; step?: string; units: string[] };
/** The same collision of several units as one. */
export function collisionsMet(all: Collision[]): Met[] {
  const out = new Map<string, Met>();
  for (const one of all) {
    const key = JSON.stringify([one.kind, one.date, one.instead, one.definition, one.step, one.reason]);
    const met = out.get(key);
    if (met) { if (one.unit) met.units.push(one.unit); }
    else out.set(key, { kind: one.kind, date: one.date, instead: one.instead, reason: one.reason, definition: one.definition, step: one.step, units: one.unit ? [one.unit] : [] });
  }
  return [...out.values()];
}

export type Stuck = { definition: string; step: string; detail: string; roles: string[]; units: string[] };
/** The roles that a step looks for, out of the engine's words: "candidates role:head@health". */
const rolesIn = (detail: string) => [...new Set([...detail.matchAll(/\brole:([\w-]+)@/g)].map((found) => found[1]))];
/** Steps that nobody could take, with the units where that is so. */
export function stuckSteps(all: Hindrance[]): Stuck[] {
  const out = new Map<string, Stuck>();
  for (const one of all) {
    const roles = rolesIn(one.detail);
    const key = JSON.stringify([one.definition, one.step, roles.length ? roles : one.detail]);
    const stuck = out.get(key);
    if (!stuck) out.set(key, { definition: one.definition, step: one.step, detail: one.detail, roles, units: [one.unit] });
    else if (!stuck.units.includes(one.unit)) stuck.units.push(one.unit);
  }
  return [...out.values()].sort((a, b) => b.units.length - a.units.length);
}

export type Month = { month: string; due: number; overdue: number; starts: number };
export function months(played: Rehearsal): Month[] {
  const out = new Map<string, Month>();
  const of = (day: string) => {
    const month = day.slice(0, 7);
    let found = out.get(month);
    if (!found) out.set(month, (found = { month, due: 0, overdue: 0, starts: 0 }));
    return found;
  };
  for (const one of played.deadlines) {
    of(one.date).due += 1;
    if (one.overdue) of(one.date).overdue += 1;
  }
  for (const one of played.starts) of(one.at).starts += 1;
  return [...out.values()].sort((a, b) => a.month.localeCompare(b.month));
}

/** Monday of an ISO week such as 2027-W05. */
export function mondayOf(week: string): string {
  const [year, number] = week.split('-W').map(Number);
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * 86_400_000 + (number - 1) * 7 * 86_400_000;
  return new Date(monday).toISOString().slice(0, 10);
}
