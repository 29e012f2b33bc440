import {
  CalendarOutlined, CheckCircleOutlined, ClockCircleOutlined, CloseCircleOutlined, ExclamationCircleOutlined,
  FieldTimeOutlined, HourglassOutlined, MinusCircleOutlined, PauseCircleOutlined, PlayCircleOutlined, StopOutlined, UndoOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import type { DueGroup, InstanceState, LegalBasis, Outcome } from '../api/types';
import { useNow } from '../app/session';
import { daysBetween, dueDay, formatDay } from '../lib/dates';
import { useLanguage } from '../i18n';

export const groups: DueGroup[] = ['overdue', 'today', 'week', 'later', 'none'];
export const groupIcon: Record<DueGroup, ReactNode> = {
  overdue: <ExclamationCircleOutlined />,
  today: <ClockCircleOutlined />,
  week: <CalendarOutlined />,
  later: <FieldTimeOutlined />,
  none: <MinusCircleOutlined />,
};

type Due = { dueAt?: string | null; dueDate?: string | null; originalDueDate?: string; overdue?: boolean; provisional?: boolean };

/** How far a due date is, in words: colour, icon and text say the same. */
export function DueTag({ due, group }: { due: Due; group?: DueGroup }) {
  const { t } = useLanguage();
  const now = useNow();
  const day = dueDay(due);
  if (!day) return <span className="tag due-none">{groupIcon.none} {t('due.no')}</span>;
  const days = daysBetween(now, day);
  const kind: DueGroup = due.overdue ? 'overdue' : group ?? (days <= 0 ? 'today' : days <= 7 ? 'week' : 'later');
  const words = due.overdue
    ? days < 0 ? t('due.lateDays', { count: -days }) : t('due.lateToday')
    : days <= 0 ? t('due.dueToday') : days === 1 ? t('due.dueTomorrow') : t('due.inDays', { count: days });
  return (
    <span className={`tag due-${kind}`}>
      <span aria-hidden>{groupIcon[kind]}</span> {words}
    </span>
  );
}

export function DueDate({ due, weekday }: { due: Due; weekday?: boolean }) {
  const { t, language } = useLanguage();
  const day = dueDay(due);
  if (!day) return <>{t('due.no')}</>;
  return (
    <>
      {due.originalDueDate && due.originalDueDate !== day && (
        <><s className="original-due" title={t('extension.original', { day: formatDay(due.originalDueDate, language) })}>{formatDay(due.originalDueDate, language)}</s>{' '}</>
      )}
      {formatDay(day, language, weekday)}
      {due.provisional && <> <abbr className="provisional" title={t('due.provisionalWhy')}>{t('due.provisional')}</abbr></>}
    </>
  );
}

const stateIcon: Record<InstanceState, ReactNode> = {
  running: <PlayCircleOutlined />,
  waiting: <HourglassOutlined />,
  suspended: <PauseCircleOutlined />,
  completed: <CheckCircleOutlined />,
  faulted: <CloseCircleOutlined />,
  cancelled: <StopOutlined />,
};
export function StateTag({ state }: { state: InstanceState }) {
  const { t } = useLanguage();
  return <span className={`tag state-${state}`}><span aria-hidden>{stateIcon[state]}</span> {t(`state.${state}`)}</span>;
}

export const outcomeIcon: Record<Outcome['style'], ReactNode> = {
  positive: <CheckCircleOutlined />,
  neutral: <UndoOutlined />,
  negative: <CloseCircleOutlined />,
};

export function LegalList({ items }: { items: LegalBasis[] }) {
  const { t, text, language } = useLanguage();
  if (!items?.length) return <p className="muted">{t('legal.none')}</p>;
  return (
    <ul className="legal">
      {items.map((item, i) => (
        <li key={i}>
          <div>
            {item.uri && /^https?:/.test(item.uri)
              ? <a href={item.uri} target="_blank" rel="noreferrer noopener">{text(item.act)}</a>
              : <strong>{text(item.act)}</strong>}
            {text(item.clause) && <span>, {text(item.clause)}</span>}
          </div>
          {text(item.text) && <div className="muted">{text(item.text)}</div>}
          <div className="row small">
            <Certainty certainty={item.certainty} />
            {item.effectiveFrom && <span className="muted">{t('legal.from', { date: formatDay(item.effectiveFrom, language) })}</span>}
          </div>
        </li>
      ))}
    </ul>
  );
}
export function Certainty({ certainty }: { certainty?: LegalBasis['certainty'] }) {
  const { t } = useLanguage();
  if (!certainty) return null;
  return certainty === 'default'
    ? <span className="tag certainty-default"><ExclamationCircleOutlined aria-hidden /> {t('legal.default')}</span>
    : <span className="tag certainty-law"><CheckCircleOutlined aria-hidden /> {t('legal.law')}</span>;
}
