import { InfoCircleOutlined, ScheduleOutlined } from '@ant-design/icons';
import { Link } from 'react-router-dom';
import type { TaskDetail } from '../../api/types';
import { DueDate, DueTag } from '../../components/tags';
import { PageTitle } from '../../components/states';
import { formatInstant } from '../../lib/dates';
import { isOpen } from '../../lib/tasks';
import { useLanguage } from '../../i18n';

/** What the task is, whose it is, and when it is due and why. */
export function TaskHead({ task }: { task: TaskDetail }) {
  const { t, text, language } = useLanguage();
  return (
    <header className="task-head">
      <p className="eyebrow">
        {text(task.definition.title)}
        {task.round > 1 && <span className="tag">{t('tasks.round', { n: task.round })}</span>}
        {task.kind !== 'task' && <span className="tag">{t(`task.kind.${task.kind}`)}</span>}
      </p>
      <PageTitle title={text(task.title)}><span id="task-title">{text(task.title)}</span></PageTitle>
      <p className="task-plan">
        <ScheduleOutlined aria-hidden /> {text(task.instance.title)}{' · '}
        <Link to={`/plans/${task.instance.id}`}>{t('task.openPlan')}</Link>
      </p>
      <dl className="facts-line">
        <div>
          <dt>{t('due.label')}</dt>
          <dd><strong><DueDate due={task} weekday /></strong> {isOpen(task) && <DueTag due={task} group={task.dueGroup} />}</dd>
        </div>
        <div>
          <dt>{t('task.holder')}</dt>
          <dd>
            {task.holder?.name ?? t('tasks.unclaimed')}
            {isOpen(task) && task.onBehalfOf && <span className="behalf">({t('absences.onBehalf', { name: task.onBehalfOf.name })})</span>}
            {task.delegated && <span className="tag">{t('task.delegated')}</span>}
          </dd>
        </div>
        {task.unit && <div><dt>{t('task.unit')}</dt><dd>{text(task.unit.name)}</dd></div>}
        <div><dt>{t('task.opened')}</dt><dd>{formatInstant(task.openedAt, language)}</dd></div>
      </dl>
      {task.dueExplain?.length > 0 && (
        <details className="why">
          <summary><InfoCircleOutlined aria-hidden /> {t('due.why')}</summary>
          <ol>{task.dueExplain.map((line, i) => <li key={i}>{text(line)}</li>)}</ol>
          {task.provisional && <p className="muted">{t('due.provisionalWhy')}</p>}
        </details>
      )}
    </header>
  );
}
