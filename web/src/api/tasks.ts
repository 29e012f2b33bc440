import { useMutation, useQueryClient } from '@tanstack/react-query';
import { newKey, request } from './client';
import type { TaskDetail } from './types';

/** An action on one task, by its name in the API; the task as it stands afterwards goes into the cache. */
export function useTaskAction<Body extends object>(task: { id: string; etag?: string }, action: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) =>
      request<TaskDetail>(`/tasks/${encodeURIComponent(task.id)}:${action}`, { method: 'POST', body, etag: task.etag, key: newKey() }),
    onSuccess: (fresh) => {
      if (fresh?.id === task.id) client.setQueryData(['task', task.id], fresh);
      for (const name of ['task', 'tasks', 'instance', 'instances', 'history', 'comments', 'overview']) void client.invalidateQueries({ queryKey: [name] });
    },
  });
}
