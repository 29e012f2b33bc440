import { useCallback, useMemo, useRef, useState } from 'react';
import type { Task } from '../../api/types';
import { fits } from '../../lib/selection';

/** Which tasks of the list are chosen to be done at once; `null` while one by one. */
export function useChoice(tasks: Task[]) {
  const [ids, setIds] = useState<Set<string> | null>(null);
  const last = useRef<string | null>(null);
  // What has left the list is not chosen any more.
  const chosen = useMemo(() => (ids ? tasks.filter((task) => ids.has(task.id)) : []), [ids, tasks]);
  const alike = useMemo(() => (chosen.length ? tasks.filter((task) => fits(task, chosen)) : []), [tasks, chosen]);
  return {
    on: ids !== null,
    chosen,
    alike,
    start: () => setIds(new Set()),
    stop: useCallback(() => setIds(null), []),
    keep: (left: string[]) => setIds(new Set(left)),
    all: () => setIds(new Set(alike.map((task) => task.id))),
    none: () => setIds(new Set()),
    fits: (task: Task) => fits(task, chosen),
    listed: (id: string) => tasks.some((task) => task.id === id),
    has: (task: Task) => ids?.has(task.id) ?? false,
    /** `range`: everything alike from the one chosen before to this one. */
    set(task: Task, checked: boolean, range: boolean) {
      const next = new Set(chosen.map((one) => one.id));
      const from = range && last.current ? tasks.findIndex((one) => one.id === last.current) : -1;
      const to = tasks.indexOf(task);
      const between = from >= 0 ? tasks.slice(Math.min(from, to), Math.max(from, to) + 1) : [task];
      for (const one of between) {
        if (!checked) next.delete(one.id);
        else if (fits(one, chosen.length ? chosen : [task])) next.add(one.id);
      }
      last.current = task.id;
      setIds(next);
    },
  };
}
export type Choice = ReturnType<typeof useChoice>;
