import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { newKey, query, request } from './client';
import type { Named, Page, Text } from './types';

export type Comment = {
  seq: number;
  at: string;
  by: Named;
  text: string;
  mentions: Named[];
  task?: { id: string; title?: Text };
};
/** What is talked about: one task, or a whole case. */
export type Subject = { kind: 'tasks' | 'instances'; id: string };

const path = (subject: Subject) => `/${subject.kind}/${encodeURIComponent(subject.id)}`;

export const useComments = (subject: Subject) =>
  useInfiniteQuery({
    queryKey: ['comments', subject.kind, subject.id],
    queryFn: ({ pageParam, signal }) =>
      request<Page<Comment>>(`${path(subject)}/comments${query({ limit: 100, after: pageParam })}`, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.page?.has_more ? last.page.end_cursor ?? undefined : undefined),
  });

export function useAddComment(subject: Subject) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (comment: string) => request(`${path(subject)}:comment`, { method: 'POST', body: { comment }, key: newKey() }),
    onSuccess: () => {
      for (const name of ['comments', 'history']) void client.invalidateQueries({ queryKey: [name] });
    },
  });
}
