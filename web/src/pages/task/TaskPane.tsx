import { useRef } from 'react';
import { ArrowLeftOutlined } from '@ant-design/icons';
import { Link } from 'react-router-dom';
import { useDraft } from '../../api/drafts';
import { useTask } from '../../api/queries';
import { Loading, ProblemView } from '../../components/states';
import { useLanguage } from '../../i18n';
import { isOpen } from '../../lib/tasks';
import { TaskView } from './TaskView';

export function TaskPane({ id, back, onFinished }: { id: string; back?: string; onFinished: (id: string) => void }) {
  const { t } = useLanguage();
  const query = useTask(id);
  const task = query.data;
  const drafted = !!task && isOpen(task) && task.canComplete;
  const draft = useDraft(id, drafted);
  // The form opens with what was typed before; once open it stays, whatever is read again.
  const shown = useRef(false);
  if (task && (!drafted || !draft.isPending)) shown.current = true;
  return (
    <div className="task-pane">
      {back && <Link to={back} className="back"><ArrowLeftOutlined aria-hidden /> {t('tasks.backToList')}</Link>}
      {task && shown.current ? <TaskView key={task.id} task={task} draft={draft.data} onFinished={onFinished} />
        : query.isError && !task ? <ProblemView error={query.error} retry={() => void query.refetch()} />
        : <Loading />}
    </div>
  );
}
