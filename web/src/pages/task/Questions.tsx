import { useEffect, useState } from 'react';
import { App as AntApp, Button, Input } from 'antd';
import { QuestionCircleOutlined } from '@ant-design/icons';
import { isProblem } from '../../api/client';
import { useHistory } from '../../api/queries';
import { useTaskAction } from '../../api/tasks';
import type { TaskDetail } from '../../api/types';
import { FieldError, faultsByField } from '../../components/fields';
import { Section } from '../../components/Section';
import { formatInstant } from '../../lib/dates';
import { isHeld, isOpen } from '../../lib/tasks';
import { openQuestions } from '../../lib/verbs';
import { useLanguage } from '../../i18n';

/** What the holder has asked others and is not answered yet; the person asked answers here. */
export function Questions({ task }: { task: TaskDetail }) {
  const { t, text, language } = useLanguage();
  const history = useHistory(task.instance.id, task.asked || isHeld(task));
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = history;
  // What is asked now is told last.
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const open = isOpen(task) ? openQuestions(history.data?.pages.flatMap((page) => page.items) ?? [], task.id) : [];
  if (!open.length && !task.asked) return null;
  return (
    <Section title={t('questions.title')} icon={<QuestionCircleOutlined />} tone={task.asked ? 'card-asked' : undefined} id="questions">
      <ol className="extensions">
        {open.map((one) => (
          <li key={one.seq} className="extension">
            <div>{text(one.title)} <span className="muted small">{formatInstant(one.at, language)}</span></div>
            {one.comment && <blockquote>{one.comment}</blockquote>}
            {!task.asked && <div className="muted small">{t('questions.waiting')}</div>}
          </li>
        ))}
      </ol>
      {task.asked && <Answer task={task} />}
    </Section>
  );
}

function Answer({ task }: { task: TaskDetail }) {
  const { t } = useLanguage();
  const { message } = AntApp.useApp();
  const [said, setSaid] = useState('');
  const [missing, setMissing] = useState(false);
  const act = useTaskAction<{ answer: string }>(task, 'provideInfo');
  const faults = isProblem(act.error) ? faultsByField(act.error.body.errors) : {};
  const fault = missing ? t('verbs.missingWords') : faults.answer;
  const send = () => {
    if (!said.trim()) {
      setMissing(true);
      document.getElementById('info-answer')?.focus();
      return;
    }
    act.mutate({ answer: said.trim().normalize('NFC') }, {
      onSuccess: () => { setSaid(''); void message.success(t('questions.sent')); },
      onError: (e) => { if (!isProblem(e, 422)) void message.error(isProblem(e) && e.status ? e.message : t('error.offlineTitle')); },
    });
  };
  return (
    <form noValidate onSubmit={(e) => { e.preventDefault(); send(); }}>
      <div className="field">
        <label htmlFor="info-answer">{t('questions.answer')}</label>
        <Input.TextArea id="info-answer" rows={3} maxLength={4000} value={said} status={fault ? 'error' : undefined} aria-invalid={!!fault || undefined} aria-describedby="info-fault"
          onChange={(e) => { setSaid(e.target.value); setMissing(false); }} />
        <FieldError id="info-fault">{fault}</FieldError>
      </div>
      <Button type="primary" htmlType="submit" loading={act.isPending}>{t('questions.send')}</Button>
    </form>
  );
}
