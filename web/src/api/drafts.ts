import { useQuery } from '@tanstack/react-query';
import type { DraftContent, DraftStore } from '../lib/draft';
import { request, tagged } from './client';
import type { Attachment, FieldError, Text } from './types';

export type Draft = {
  outcome?: string;
  comment?: string;
  data?: Record<string, unknown> | null;
  attachments: Attachment[];
  savedAt: string;
  formChanged: boolean;
  misfits: (Omit<FieldError, 'message'> & { message: Text })[];
  from?: string;
};

const path = (task: string) => `/tasks/${encodeURIComponent(task)}/draft`;

export const readDraft = (task: string, signal?: AbortSignal) => tagged<Draft | undefined>(path(task), { signal });

/** Read once when the task opens; afterwards the page knows better than the cache. */
export const useDraft = (task: string, enabled: boolean) =>
  useQuery({
    queryKey: ['draft', task],
    queryFn: ({ signal }) => readDraft(task, signal),
    enabled,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnReconnect: false,
    refetchOnWindowFocus: false,
  });

export const draftStore = (task: string): DraftStore => ({
  async save(content: DraftContent, etag, last) {
    const { body, etag: now } = await tagged<Draft>(path(task), { method: 'PUT', body: content, etag: etag ?? '0', keepalive: last });
    return { at: body.savedAt, etag: now };
  },
  discard: () => request(path(task), { method: 'DELETE' }),
});
