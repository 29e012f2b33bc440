import { keepPreviousData, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { query, request } from './client';
import type {
  Clock, Definition, DefinitionDetail, HistoryEntry, Instance, InstanceDetail, Me, Notification,
  Overview, Page, Person, TaskDetail, TaskPage, Unit,
} from './types';

const id = encodeURIComponent;

export const useMe = (enabled = true) =>
  useQuery({ queryKey: ['me'], queryFn: () => request<Me>('/session'), enabled, staleTime: 60_000, retry: false });

export type TaskFilter = { view: 'mine' | 'done' | 'team'; due?: string; definition?: string; unit?: string; q?: string };
export const useTasks = (filter: TaskFilter) =>
  useInfiniteQuery({
    queryKey: ['tasks', filter],
    queryFn: ({ pageParam, signal }) =>
      request<TaskPage>(`/tasks${query({ ...filter, limit: 100, after: pageParam })}`, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.page?.has_more ? last.page.end_cursor ?? undefined : undefined),
    placeholderData: keepPreviousData,
  });
export const useTask = (task: string | undefined) =>
  useQuery({
    queryKey: ['task', task],
    queryFn: ({ signal }) => request<TaskDetail>(`/tasks/${id(task!)}`, { signal }),
    enabled: !!task,
  });

export type InstanceFilter = { unit?: string; subtree?: boolean; state?: string; definition?: string; mine?: boolean; q?: string };
export const useInstances = (filter: InstanceFilter) =>
  useInfiniteQuery({
    queryKey: ['instances', filter],
    queryFn: ({ pageParam, signal }) =>
      request<Page<Instance>>(`/instances${query({ ...filter, limit: 50, after: pageParam })}`, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.page?.has_more ? last.page.end_cursor ?? undefined : undefined),
    placeholderData: keepPreviousData,
  });
export const useInstance = (instance: string) =>
  useQuery({
    queryKey: ['instance', instance],
    queryFn: ({ signal }) => request<InstanceDetail>(`/instances/${id(instance)}`, { signal }),
  });
export const useHistory = (instance: string, enabled = true) =>
  useInfiniteQuery({
    enabled,
    queryKey: ['history', instance],
    queryFn: ({ pageParam, signal }) =>
      request<Page<HistoryEntry>>(`/instances/${id(instance)}/history${query({ limit: 100, after: pageParam })}`, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.page?.has_more ? last.page.end_cursor ?? undefined : undefined),
  });

export const useDefinitions = () =>
  useQuery({
    queryKey: ['definitions'],
    queryFn: ({ signal }) => request<Page<Definition>>('/definitions', { signal }),
    staleTime: 60_000,
  });
export const useDefinition = (name: string, version?: string, enabled = true) =>
  useQuery({
    enabled,
    queryKey: ['definition', name, version],
    queryFn: ({ signal }) => request<DefinitionDetail>(`/definitions/${id(name)}${query({ version })}`, { signal }),
  });

export const useUnits = () =>
  useQuery({
    queryKey: ['units'],
    queryFn: ({ signal }) => request<Page<Unit>>('/units', { signal }),
    staleTime: 300_000,
  });
export const useOverview = (unit: string | undefined) =>
  useQuery({
    queryKey: ['overview', unit],
    queryFn: ({ signal }) => request<Overview>(`/overview${query({ unit })}`, { signal }),
    enabled: !!unit,
    placeholderData: keepPreviousData,
  });
export const usePeople = (q: string, unit?: string, enabled = true) =>
  useQuery({
    enabled,
    queryKey: ['people', q, unit],
    queryFn: ({ signal }) => request<Page<Person>>(`/people${query({ q, unit })}`, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
/** Names of these people, as far as they are known yet. */
export const useNamesOf = (ids: string[]): Record<string, string> =>
  useQueries({
    queries: ids.map((id) => ({
      queryKey: ['people', 'named', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => request<Page<Person>>(`/people${query({ q: id })}`, { signal }),
      staleTime: 600_000,
    })),
    combine: (found) => Object.fromEntries(found.flatMap((one, i) => {
      const person = one.data?.items.find((p) => p.id === ids[i]);
      return person ? [[person.id, person.name]] : [];
    })),
  });
export const useNotifications = () =>
  useQuery({
    queryKey: ['notifications'],
    queryFn: ({ signal }) => request<Page<Notification> & { unread: number }>('/notifications', { signal }),
  });
export const useClock = () =>
  useQuery({ queryKey: ['clock'], queryFn: ({ signal }) => request<Clock>('/clock', { signal }), staleTime: 60_000 });
