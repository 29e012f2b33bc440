import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { newKey, query, request } from './client';
import type { BulkAction } from '../lib/selection';
import type { Named, Page, ProblemBody } from './types';

export type ItemResult = {
  id: string;
  /** What a request for this item alone would have got; null where it is not done yet. */
  status: number | null;
  state?: string;
  etag?: string;
  problem?: ProblemBody;
};
export type Job = {
  id: string;
  kind: string;
  by: Named;
  state: 'running' | 'finished';
  total: number;
  open: number;
  done: number;
  refused: number;
  createdAt: string;
  finishedAt?: string;
};
export type BatchRequest = {
  action: BulkAction;
  items: { task: string; etag?: string }[];
  outcome?: string;
  comment?: string;
};
export type BatchAnswer = { results: ItemResult[]; done: number; refused: number } | { job: Job };

export const sendBatch = (body: BatchRequest) =>
  request<BatchAnswer>('/tasks:batch', { method: 'POST', body, key: newKey() });

/** A job while it runs; the tasks it has touched are read again when it ends. */
export function useJob(id: string | undefined) {
  const client = useQueryClient();
  const job = useQuery({
    queryKey: ['job', id],
    queryFn: ({ signal }) => request<Job>(`/jobs/${encodeURIComponent(id!)}`, { signal }),
    enabled: !!id,
    refetchInterval: (last) => (last.state.data?.state === 'finished' ? false : 1000),
  });
  const finished = job.data?.state === 'finished';
  useEffect(() => {
    if (finished) void client.invalidateQueries({ queryKey: ['tasks'] });
  }, [finished, client]);
  return job;
}

/** Everything a finished job refused. */
export async function refusedOf(job: string): Promise<ItemResult[]> {
  const all: ItemResult[] = [];
  for (let after: string | undefined; ;) {
    const page = await request<Page<ItemResult>>(`/jobs/${encodeURIComponent(job)}/results${query({ state: 'refused', limit: 200, after })}`);
    all.push(...page.items);
    if (!page.page?.has_more || !page.page.end_cursor) return all;
    after = page.page.end_cursor;
  }
}
