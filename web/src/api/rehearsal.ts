import { useMutation } from '@tanstack/react-query';
import { request } from './client';
import type { Text } from './types';

export type Rehearsal = {
  from: string;
  to: string;
  assume: string;
  totals: Record<
    'starts' | 'completed' | 'faulted' | 'open' | 'tasks' | 'answered' | 'withdrawn' | 'expired' | 'overdue' | 'deadlines' |
    'reminders' | 'escalations' | 'collisions' | 'skipped' | 'nobody' | 'refused', number>;
  starts: { instance: string; definition: string; unit: string; at: string; scheduled: boolean; state: string; endedAt?: string; error?: string; errorDetail?: string }[];
  tasks: { task: string; instance: string; definition: string; unit: string; step: string; kind: string; title: Text; openedAt: string; state: string; dueDate?: string; overdue: boolean; by?: string }[];
  deadlines: { date: string; at: string; task: string; definition: string; unit: string; provisional: boolean; overdue: boolean }[];
  load: { person: string; week: string; answered: number; due: number; reminders: number }[];
  collisions: Collision[];
  skipped: Collision[];
  nobody: Hindrance[];
  refused: Hindrance[];
  truncated: string[];
};
export type Collision = { kind: string; date: string; reason: Text; instead: string; definition: string; instance?: string; unit?: string; task?: string; step?: string };
export type Hindrance = { definition: string; instance: string; unit: string; step: string; task?: string; at: string; detail: string };
export type RehearsalRequest = { definitions: string[]; from: string; to: string; assume: string; entries: number };

export const useRehearse = () =>
  useMutation({ mutationFn: (body: RehearsalRequest) => request<Rehearsal>('/rehearsals', { method: 'POST', body }) });
