// What may be done with a task besides answering it, as far as a task tells; the server judges again.
import type { HistoryEntry, Me, TaskDetail, TaskVerb } from '../api/types';
import { isHeld, isOpen } from './tasks';

const leading = new Set(['head', 'deputy', 'chair']);
/** Whether this person leads the unit of the task, or one above it. */
const leads = (me: Me, task: TaskDetail) =>
  me.isAdministrator || (me.roles.some((one) => leading.has(one.role)) && me.units.some((unit) => unit.id === task.unit?.id));

/** `delegates`: whether the definition lets the holder hand the task on. */
export function verbsOf(task: TaskDetail, me: Me, delegates: boolean): TaskVerb[] {
  if (!isOpen(task) || task.kind !== 'task') return [];
  const mine = isHeld(task) && task.mine;
  const out: TaskVerb[] = [];
  if (task.canComplete && task.state !== 'in_progress') out.push('start');
  if (mine) out.push('requestInfo', 'addSigner');
  if (mine && delegates) out.push('delegate');
  if (mine) out.push('release');
  if (leads(me, task)) out.push('reassign');
  if (me.isAdministrator) out.push('withdraw');
  return out;
}

/** Whether the step of this name says `delegation: once` or `free`, wherever it stands in the document. */
export function delegationIn(document: unknown, step: string): boolean {
  if (Array.isArray(document)) return document.some((one) => delegationIn(one, step));
  if (!document || typeof document !== 'object') return false;
  return Object.entries(document).some(([name, inner]) => {
    const given = name === step ? (inner as { with?: { delegation?: unknown } } | null)?.with?.delegation : undefined;
    return given === 'once' || given === 'free' || delegationIn(inner, step);
  });
}

/** What was asked about this task and is not answered yet. Who was asked stands in the sentence alone, so an
 *  answer settles what was asked of the one who gave it. */
export function openQuestions(history: HistoryEntry[], task: string): HistoryEntry[] {
  const open: HistoryEntry[] = [];
  for (const entry of history) {
    if (entry.task !== task) continue;
    if (entry.kind === 'info_requested') open.push(entry);
    if (entry.kind !== 'info_provided') continue;
    const name = entry.by?.name;
    const at = open.findIndex((one) => !name || (one.by?.id !== entry.by?.id && one.title.vi.includes(name)));
    if (at >= 0) open.splice(at, 1);
  }
  return open;
}
