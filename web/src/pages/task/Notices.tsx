import { useState } from 'react';
import { BellOutlined, CheckOutlined, MailOutlined } from '@ant-design/icons';
import { useTaskNotices } from '../../api/preferences';
import type { SentNotice, TaskDetail, UpcomingNotice } from '../../api/types';
import { Section } from '../../components/Section';
import { Loading } from '../../components/states';
import { formatInstant } from '../../lib/dates';
import { isOpen } from '../../lib/tasks';
import { useLanguage } from '../../i18n';

/** What people will be told about the task and why; what they were told, with the proof. */
export function Notices({ task }: { task: TaskDetail }) {
  const { t } = useLanguage();
  const [past, setPast] = useState(false);
  const open = isOpen(task);
  return (
    <Section title={t('notices.title')} icon={<BellOutlined />}>
      {open && (task.reminders?.length
        ? <ul className="reminders">{task.reminders.map((one, i) => <Next key={i} notice={one} />)}</ul>
        : <p className="muted">{t('task.noReminders')}</p>)}
      <details className="sent" onToggle={(e) => setPast(e.currentTarget.open)}>
        <summary>{t('notices.sent')}</summary>
        {past && <Sent task={task.id} />}
      </details>
    </Section>
  );
}

function Next({ notice }: { notice: UpcomingNotice }) {
  const { t, text, language } = useLanguage();
  return (
    <li>
      <div><time dateTime={notice.at}>{formatInstant(notice.at, language)}</time> · {text(notice.title)}</div>
      {notice.to && notice.to.length > 0 && (
        <div className="small">
          {notice.to.slice(0, 4).map((person, i) => (
            <span key={person.id}>
              {i > 0 && ', '}{person.name}
              {person.delivery === 'later' && person.deliverAt && <span className="muted"> ({t('notices.later', { at: formatInstant(person.deliverAt, language) })})</span>}
              {person.delivery === 'bell' && <span className="muted"> ({t('notices.bell')})</span>}
            </span>
          ))}
          {notice.to.length > 4 && <span className="muted"> {t('notices.more', { count: notice.to.length - 4 })}</span>}
        </div>
      )}
      {text(notice.why) && <div className="muted small">{text(notice.why)}</div>}
    </li>
  );
}

function Sent({ task }: { task: string }) {
  const { t, text, language } = useLanguage();
  const query = useTaskNotices(task, true);
  if (query.isPending) return <Loading />;
  const sent: SentNotice[] = query.data?.sent ?? [];
  if (query.isError || !sent.length) return <p className="muted">{t(query.isError ? 'error.generic' : 'notices.none')}</p>;
  return (
    <ul className="reminders">
      {sent.map((one, i) => (
        <li key={i}>
          <div>
            <time dateTime={one.at}>{formatInstant(one.at, language)}</time> · {text(one.title)}
            {one.late && <> <span className="tag due-today">{t('notices.late')}</span></>}
          </div>
          {one.note && <div className="small">{one.note}</div>}
          {one.to?.map((person) => (
            <div key={person.id} className="small">
              {person.name}
              {person.confirmedAt && <span className="muted"> <CheckOutlined aria-hidden /> {t('notices.confirmed', { at: formatInstant(person.confirmedAt, language) })}</span>}
              {person.mail && <span className="muted"> <MailOutlined aria-hidden /> {t(`notices.mail.${person.mail.state}`, { defaultValue: person.mail.state })}</span>}
            </div>
          ))}
          {!!one.collapsed?.length && <div className="muted small">{t('notices.collapsed', { names: one.collapsed.map((p) => p.name).join(', ') })}</div>}
        </li>
      ))}
    </ul>
  );
}
