import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { newKey, request } from './client';
import type { Instance, Why } from './types';

export type CareAction = 'cancel' | 'suspend' | 'resume' | 'retry';

/** An action on a whole instance; afterwards everything that shows it is read again. */
export function useCare(instance: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ action, body }: { action: CareAction; body: object }) =>
      request<Instance>(`/instances/${encodeURIComponent(instance)}:${action}`, { method: 'POST', body, key: newKey() }),
    onSuccess: () => void client.invalidateQueries(),
  });
}

export const useWhy = (instance: string, enabled: boolean) =>
  useQuery({
    queryKey: ['instance', instance, 'why'],
    queryFn: ({ signal }) => request<Why>(`/instances/${encodeURIComponent(instance)}/why`, { signal }),
    enabled,
  });
