// Many tasks at once: only tasks of one step, and only what may be done with each of them.
import type { Outcome, Task } from '../api/types';
import { isHeld, isOpen } from './tasks';

/** Tasks of the same step of the same workflow are decided alike. */
export const stepOf = (task: Task) => `${task.definition.name}/${task.name}/${task.kind}`;

/** Whether this task may join those chosen. */
export const fits = (task: Task, chosen: Task[]) => isOpen(task) && (!chosen.length || stepOf(task) === stepOf(chosen[0]));

export type BulkAction = 'complete' | 'claim' | 'release' | 'withdraw';

/** What may be done with every one of the chosen tasks. */
export function actionsFor(chosen: Task[], me: { id: string; isAdministrator: boolean }): BulkAction[] {
  if (!chosen.length) return [];
  const every = (may: (task: Task) => boolean) => chosen.every(may);
  const out: BulkAction[] = [];
  if (every((task) => task.mine || task.claimable)) out.push('complete');
  if (every((task) => task.state === 'offered' && task.claimable)) out.push('claim');
  if (every((task) => isHeld(task) && task.holder?.id === me.id && task.kind === 'task')) out.push('release');
  if (me.isAdministrator && every((task) => task.kind === 'task')) out.push('withdraw');
  return out;
}

/** Why an outcome cannot be given to many at once, as a key of the words; null where it can. */
export function hindranceOf(outcome: Outcome, task: { form: unknown; evidence: { min: number; forOutcomes?: string[] }[] }, needsForm: boolean): string | null {
  if (needsForm && task.form) return 'form';
  const counts = task.evidence.some((rule) => rule.min > 0 && (!rule.forOutcomes?.length || rule.forOutcomes.includes(outcome.id)));
  if (counts || outcome.requires.includes('attachment')) return 'attachment';
  if (outcome.requires.includes('signature')) return 'signature';
  return null;
}
