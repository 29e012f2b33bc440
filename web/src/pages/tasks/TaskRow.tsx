import { CheckCircleOutlined, QuestionCircleOutlined, UserSwitchOutlined } from '@ant-design/icons';
import { Link } from 'react-router-dom';
import type { TaskFilter } from '../../api/queries';
import type { Task } from '../../api/types';
import { DueDate, DueTag } from '../../components/tags';
import { formatInstant } from '../../lib/dates';
import { useLanguage } from '../../i18n';

export function TaskRow({ task, view, selected, search, choice, refusal }: {
  task: Task;
  view: TaskFilter['view'];
  selected: boolean;
  search: string;
  /** Where many are chosen: whether this one is, and whether it may be. */
  choice?: { checked: boolean; fits: boolean; set: (checked: boolean, range: boolean) => void };
  /** Why it was left over when many were done at once. */
  refusal?: string;
}) {
  const { t, text, language } = useLanguage();
  return (
    <li className={choice ? 'choosable' : undefined}>
      {choice && (
        <label className="row-choice" title={choice.fits ? undefined : t('bulk.otherStep')}>
          <input type="checkbox" checked={choice.checked} disabled={!choice.fits && !choice.checked}
            aria-label={t('bulk.choose', { title: text(task.title), plan: text(task.instance.title) })}
            onChange={(e) => choice.set(e.target.checked, (e.nativeEvent as MouseEvent).shiftKey)} />
        </label>
      )}
      <Link to={`/tasks/${task.id}${search}`} className={`task-row due-edge-${task.dueGroup}`} aria-current={selected ? 'true' : undefined}
        data-task={task.id}>
        <span className="task-row-title">{text(task.title)}</span>
        <span className="task-row-plan">{text(task.instance.title)}</span>
        <span className="task-row-foot">
          {view === 'done'
            ? <span className="tag outcome-tag"><CheckCircleOutlined aria-hidden /> {text(task.outcome) || t(`task.state.${task.state}`)}</span>
            : <DueTag due={task} group={task.dueGroup} />}
          <span className="muted small">
            {view === 'done' && task.completedAt
              ? formatInstant(task.completedAt, language)
              : <DueDate due={task} />}
          </span>
          {task.actingFor && <span className="tag tag-behalf"><UserSwitchOutlined aria-hidden /> {t('absences.onBehalf', { name: task.actingFor.name })}</span>}
          {task.asked && <span className="tag due-today"><QuestionCircleOutlined aria-hidden /> {t('tasks.askedYou')}</span>}
          {task.extensionAskedAt && <span className="tag due-today">{t('extension.waiting')}</span>}
          {task.round > 1 && <span className="tag">{t('tasks.round', { n: task.round })}</span>}
          {view === 'team'
            ? <span className="muted small">{task.holder ? t('tasks.heldBy', { name: task.holder.name }) : t('tasks.unclaimed')}</span>
            : task.state === 'offered' && task.claimable && <span className="tag">{t('task.state.offered')}</span>}
        </span>
        {refusal && <span className="row-refusal">{t('bulk.refusedWhy', { why: refusal })}</span>}
      </Link>
    </li>
  );
}
