import type { TFunction } from 'i18next';
import type { Language } from '../i18n';
import { formatDay } from './dates';

/** A span of time as people ask for it. */
export type Span = { count: number; kind: 'workingDays' | 'days' };
export const spanForm = ({ count, kind }: Span) => (kind === 'workingDays' ? { workingDays: count } : { in: `P${count}D` });

/** A due form in words, as far as people write such forms; else as it stands. */
export function spanWords(t: TFunction, language: Language, form: unknown): string {
  const due = form as { workingDays?: number; in?: string; date?: string; workingHours?: number } | null;
  if (!due || typeof due !== 'object') return '';
  if (typeof due.workingDays === 'number') return t('due.span.workingDays', { count: due.workingDays });
  if (typeof due.workingHours === 'number') return t('due.span.workingHours', { count: due.workingHours });
  if (typeof due.date === 'string') return t('due.span.date', { day: formatDay(due.date, language) });
  const plain = /^P(\d+)([DWM])$/.exec(due.in ?? '');
  if (plain) return t(`due.span.${{ D: 'days', W: 'weeks', M: 'months' }[plain[2] as 'D' | 'W' | 'M']}`, { count: Number(plain[1]) });
  return JSON.stringify(form);
}
