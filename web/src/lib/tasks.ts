import type { Named, Outcome, Task, TaskDetail } from '../api/types';

export const isOpen = (task: Pick<Task, 'state'>) => task.state === 'offered' || task.state === 'claimed' || task.state === 'in_progress';
export const isHeld = (task: Pick<Task, 'state'>) => task.state === 'claimed' || task.state === 'in_progress';

export const nameOf = (person: Named | string | null | undefined) => (typeof person === 'string' ? person : person?.name ?? '');

/** How a decision looks: a vote's options all alike, the only way on as the main one. */
export const lookOf = (task: TaskDetail, outcome: Outcome): Outcome['style'] | 'plain' => {
  if (task.kind === 'ballot' || task.kind === 'casting') return 'plain';
  if (outcome.style !== 'neutral') return outcome.style;
  if (task.outcomes.length === 1) return 'positive';
  return outcome.requires.includes('comment') ? 'neutral' : 'plain';
};
