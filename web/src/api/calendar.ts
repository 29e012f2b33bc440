import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { query, request } from './client';
import type { Named, Page, Text, UnitRef } from './types';

export type DayKind = 'work' | 'weekend' | 'holiday' | 'compensation' | 'swap_off' | 'swap_work';
export type Day = {
  date: string;
  kind: DayKind;
  working: boolean;
  name: Text | null;
  hours: [string, string][];
  legalBasis?: string | Text | null;
  provisional: boolean;
};
export type DueAnswer = { instant: string; date: string; provisional: boolean; explain: Text[] };
export type Calendar = {
  id: string;
  title: Text | null;
  zone: string;
  parent: string | null;
  unit: string | null;
  officialThrough: number | null;
  builtIn: boolean;
  imported: boolean;
  layers: number;
};
export type CalendarChange = {
  id: number;
  calendar: string;
  madeAt: string;
  madeBy: Named | null;
  reason: string;
  phase: 'moving' | 'telling' | 'done';
  openInstances: number;
  lookedAt: number;
  instancesMoved: number;
  deadlinesMoved: number;
  startsMoved: number;
  peopleTold: number;
  undoes: number | null;
  undoneBy: number | null;
  doneAt?: string;
};
export type CalendarMove = {
  kind: 'due' | 'reminder' | 'escalation' | 'expire' | 'voteOpens' | 'voteCloses' | 'start';
  title: Text;
  unit: UnitRef | null;
  definition: string;
  instance?: { id: string; title: Text };
  task?: string;
  from: string | null;
  to: string | null;
  fromDate?: string;
  toDate?: string;
};
export type CalendarPreview = Page<CalendarMove> & {
  byUnit: { unit: UnitRef | null; moves: Partial<Record<CalendarMove['kind'], number>> }[];
  confirmed: number;
  lookedAt: number;
  openInstances: number;
};
export type CalendarFile = Record<string, unknown> & { id: string };
export type ChangeMade = { calendar: unknown; change: CalendarChange | null };

const id = encodeURIComponent;

export const useDays = (from: string, to: string, unit: string | undefined) =>
  useQuery({
    queryKey: ['days', from, to, unit],
    queryFn: ({ signal }) => request<Page<Day>>(`/calendar/days${query({ from, to, unit })}`, { signal }),
    staleTime: 300_000,
  });

export const useCompute = () =>
  useMutation({
    mutationFn: ({ from, due, unit }: { from: string; due: object; unit?: string }) =>
      request<DueAnswer>(`/calendar/due${query({ from, due: JSON.stringify(due), unit })}`),
  });

export const useCalendars = () =>
  useQuery({ queryKey: ['calendars'], queryFn: ({ signal }) => request<Page<Calendar>>('/calendars', { signal }) });
export const readCalendar = (calendar: string) => request<CalendarFile>(`/calendars/${id(calendar)}`);

export const useCalendarChanges = () =>
  useQuery({
    queryKey: ['calendar-changes'],
    queryFn: ({ signal }) => request<Page<CalendarChange>>('/calendar-changes', { signal }),
    // A change is followed until every deadline has moved.
    refetchInterval: (last) => (last.state.data?.items.some((change) => change.phase !== 'done') ? 1000 : false),
  });

export const previewCalendar = (file: CalendarFile, replace: boolean, after: string | undefined, signal: AbortSignal) =>
  request<CalendarPreview>(`/calendars/${id(file.id)}:preview${query({ replace, after })}`, { method: 'POST', body: file, signal });

const useMade = () => {
  const client = useQueryClient();
  return () => void client.invalidateQueries();
};
export function useApplyCalendar() {
  const made = useMade();
  return useMutation({
    mutationFn: ({ file, replace, reason }: { file: CalendarFile; replace: boolean; reason: string }) =>
      request<ChangeMade>(`/calendars/${id(file.id)}${query({ replace, reason })}`, { method: 'PUT', body: file }),
    onSuccess: made,
  });
}
export function useUndoChange() {
  const made = useMade();
  return useMutation({
    mutationFn: ({ change, reason }: { change: number; reason: string }) =>
      request<ChangeMade>(`/calendar-changes/${change}:undo`, { method: 'POST', body: reason ? { reason } : {} }),
    onSuccess: made,
  });
}
