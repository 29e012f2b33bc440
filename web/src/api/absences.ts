import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { newKey, query, request } from './client';
import type { Named, Page } from './types';

export type AbsenceScope = { roles?: string[]; units?: string[]; definitions?: string[] };
export type Absence = {
  id: string;
  person: Named;
  from: string;
  to: string;
  plannedTo: string;
  deputy: Named;
  scope: AbsenceScope | null;
  state: 'planned' | 'now' | 'over' | 'takenBack';
  recordedBy: Named | null;
  recordedAt: string;
  fromFile: boolean;
  mayEnd: boolean;
};
export type AbsenceRequest = { person?: string; from: string; to: string; deputy: string; scope?: AbsenceScope };

export const useAbsences = (filter: { person?: string; unit?: string; from?: string; to?: string }) =>
  useQuery({
    queryKey: ['absences', filter],
    queryFn: ({ signal }) => request<Page<Absence>>(`/absences${query(filter)}`, { signal }),
  });

const useChanged = () => {
  const client = useQueryClient();
  return () => {
    for (const name of ['absences', 'tasks', 'task']) void client.invalidateQueries({ queryKey: [name] });
  };
};
export function useAddAbsence() {
  const changed = useChanged();
  return useMutation({
    mutationFn: (body: AbsenceRequest) => request<Absence>('/absences', { method: 'POST', body, key: newKey() }),
    onSuccess: changed,
  });
}
export function useEndAbsence() {
  const changed = useChanged();
  return useMutation({
    mutationFn: (id: string) => request<Absence>(`/absences/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: changed,
  });
}
