import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { request, tagged, type Tagged } from './client';
import type { UpcomingNotice, SentNotice } from './types';

export const noticeKinds = ['created', 'reminder', 'overdue', 'escalated', 'mention', 'notice'] as const;
export type NoticeKind = (typeof noticeKinds)[number];
export const noticeModes = ['immediate', 'digest', 'off'] as const;
export type NoticeMode = (typeof noticeModes)[number];
export type QuietHours = { from: string; to: string; daysOff: boolean };

/** What holds for a person. */
export type Preferences = {
  language: 'vi' | 'en';
  email: boolean;
  digest: { at: string };
  quiet: QuietHours | null;
  kinds: Record<NoticeKind, NoticeMode>;
};
/** What a person has set; the rest follows the administrator's defaults. */
export type PreferencesChosen = Partial<Omit<Preferences, 'kinds'>> & { kinds?: Partial<Record<NoticeKind, NoticeMode>> };
export type NoticeLimits = {
  defaults: Preferences;
  allowed: Record<NoticeKind, NoticeMode[]>;
  digestBetween: [string, string];
  quietMax: string;
  emailMayBeOff: boolean;
};
export type PreferencesAnswer = Preferences & { chosen: PreferencesChosen; limits: NoticeLimits; nextDigest: string };

const useVersioned = <T>(path: string) =>
  useQuery({ queryKey: [path], queryFn: ({ signal }) => tagged<T>(path, { signal }), staleTime: Infinity });

const useChange = <T, Sent>(path: string) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, etag }: { body: Sent; etag?: string }) => tagged<T>(path, { method: 'PUT', body, etag: etag ?? '0' }),
    onSuccess: (fresh: Tagged<T>) => client.setQueryData([path], fresh),
    onError: () => void client.invalidateQueries({ queryKey: [path] }),
  });
};

export const usePreferences = () => useVersioned<PreferencesAnswer>('/me/preferences');
export const useSetPreferences = () => useChange<PreferencesAnswer, PreferencesChosen>('/me/preferences');
export const useNoticeLimits = () => useVersioned<NoticeLimits>('/notice-limits');
export const useSetNoticeLimits = () => useChange<NoticeLimits, NoticeLimits>('/notice-limits');

export const useTaskNotices = (task: string, enabled: boolean) =>
  useQuery({
    queryKey: ['task', task, 'notices'],
    queryFn: ({ signal }) =>
      request<{ next: UpcomingNotice[]; sent: SentNotice[] }>(`/tasks/${encodeURIComponent(task)}/notifications?next=20`, { signal }),
    enabled,
  });
