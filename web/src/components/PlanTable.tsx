import { Link } from 'react-router-dom';
import type { Instance } from '../api/types';
import { useNow } from '../app/session';
import { daysBetween, formatDay } from '../lib/dates';
import { useLanguage } from '../i18n';
import { DueDate, DueTag, StateTag } from './tags';

/** Plans as a table on a wide screen and as cards on a phone (the same elements, laid out by CSS). */
export function PlanTable({ items, showUnit, caption }: { items: Instance[]; showUnit?: boolean; caption: string }) {
  const { t, text, language } = useLanguage();
  const now = useNow();
  return (
    <table className="plan-table">
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t('plans.name')}</th>
          <th scope="col">{t('plans.state')}</th>
          <th scope="col">{t('plans.current')}</th>
          <th scope="col">{t('plans.holder')}</th>
          <th scope="col">{t('plans.due')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((plan) => {
          const ended = plan.state === 'completed' || plan.state === 'cancelled' || plan.state === 'faulted';
          const current = plan.current?.[0];
          return (
            <tr key={plan.id}>
              <th scope="row" className="plan-name">
                <Link to={`/plans/${plan.id}`}>{text(plan.title)}</Link>
                <span className="muted small">
                  {text(plan.definition.title)}
                  {showUnit && plan.unit && <> · {text(plan.unit.name)}</>}
                </span>
              </th>
              <td data-label={t('plans.state')}><StateTag state={plan.state} /></td>
              <td data-label={t('plans.current')}>
                {ended
                  ? <span>{plan.outcome || (plan.endedAt ? `${t('plans.ended')} ${formatDay(plan.endedAt, language)}` : '-')}</span>
                  : current
                    ? <>{text(current.title)}{plan.current.length > 1 && <span className="muted small"> +{plan.current.length - 1}</span>}</>
                    : '-'}
              </td>
              <td data-label={t('plans.holder')}>
                {current && !ended ? (
                  <>
                    {text(current.holders)}
                    <span className="muted small block">
                      {daysBetween(current.since, now) > 0 ? t('plan.heldDays', { count: daysBetween(current.since, now) }) : t('plan.heldToday')}
                    </span>
                  </>
                ) : '-'}
              </td>
              <td data-label={t('plans.due')}>
                {current && !ended && (current.dueAt || current.dueDate)
                  ? <><DueDate due={current} /> <DueTag due={current} /></>
                  : '-'}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
