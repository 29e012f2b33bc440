import { Link } from 'react-router-dom';
import { useWhy } from '../../api/care';
import type { InstanceDetail } from '../../api/types';
import { useNow } from '../../app/session';
import { daysBetween, dueDay, formatDay } from '../../lib/dates';
import { isRunning } from '../../lib/plans';
import { useLanguage } from '../../i18n';

/** Why it is waiting, in one sentence; further reasons below it. */
export function Waiting({ plan }: { plan: InstanceDetail }) {
  const { t, text, language } = useLanguage();
  const now = useNow();
  const open = isRunning(plan) || plan.state === 'suspended';
  const why = useWhy(plan.id, open).data;
  const sentence = text(why?.why) || text(plan.waiting);
  if (!open || !sentence) return null;
  const reasons = why && why.reasons.length > 1 ? why.reasons : [];
  const first = why?.reasons[0];
  return (
    <div className="status-line">
      <div>
        <strong>{t('plan.now')}:</strong> {sentence}{' '}
        {!reasons.length && first?.task && <Link to={`/tasks/${first.task}`}>{t('plan.openTask')}</Link>}
      </div>
      {reasons.length > 0 && (
        <ul className="reasons">
          {reasons.map((reason, i) => {
            const due = dueDay({ dueAt: reason.dueAt });
            return (
              <li key={i}>
                {reason.task ? <Link to={`/tasks/${reason.task}`}>{text(reason.text)}</Link> : text(reason.text)}
                <span className="muted small">
                  {reason.since && <> · {daysBetween(reason.since, now) > 0 ? t('plan.heldDays', { count: daysBetween(reason.since, now) }) : t('plan.heldToday')}</>}
                  {due && <> · {t('due.label')}: {formatDay(due, language)}</>}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
