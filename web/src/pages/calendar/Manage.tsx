import { useState } from 'react';
import { Button } from 'antd';
import { CalendarOutlined, HistoryOutlined, PlusOutlined, UploadOutlined } from '@ant-design/icons';
import { Link } from 'react-router-dom';
import { useCalendars, type Calendar } from '../../api/calendar';
import { useUnits } from '../../api/queries';
import { Section } from '../../components/Section';
import { Empty, Loading, PageTitle, ProblemView } from '../../components/states';
import { useLanguage } from '../../i18n';
import { Changes } from './Changes';
import { Edit } from './Edit';
import '../../styles/calendar.css';

export type Editing = { calendar: string; how: 'day' | 'file' };

/** For administrators: every calendar, a change with what it would move, and what was changed before. */
export default function ManageCalendars() {
  const { t } = useLanguage();
  const calendars = useCalendars();
  const [editing, setEditing] = useState<Editing | null>(null);
  return (
    <div className="page page-narrow">
      <nav aria-label={t('app.breadcrumb')} className="crumbs"><Link to="/calendar">{t('calendar.title')}</Link></nav>
      <div className="page-head">
        <PageTitle title={t('calendar.manage')} />
        <p className="muted">{t('calendar.manageLead')}</p>
      </div>
      {editing && <Edit key={`${editing.calendar}/${editing.how}`} editing={editing} onDone={() => setEditing(null)} />}
      <Section title={t('calendar.all')} icon={<CalendarOutlined />}>
        {calendars.isPending ? <Loading /> : calendars.isError && !calendars.data ? <ProblemView error={calendars.error} retry={() => void calendars.refetch()} />
          : calendars.data!.items.length === 0 ? <Empty>{t('calendar.none')}</Empty>
          : <ul className="calendars">{calendars.data!.items.map((one) => <Item key={one.id} calendar={one} onEdit={setEditing} />)}</ul>}
        <Button icon={<UploadOutlined aria-hidden />} onClick={() => setEditing({ calendar: '', how: 'file' })}>{t('calendar.newFile')}</Button>
      </Section>
      <Section title={t('calendar.changes')} icon={<HistoryOutlined />}><Changes /></Section>
    </div>
  );
}

function Item({ calendar, onEdit }: { calendar: Calendar; onEdit: (editing: Editing) => void }) {
  const { t, text } = useLanguage();
  const units = useUnits();
  const unit = units.data?.items.find((one) => one.id === calendar.unit);
  return (
    <li className="calendar-item">
      <div className="grow">
        <strong>{text(calendar.title) || (calendar.builtIn ? t('calendar.builtIn') : calendar.id)}</strong>{' '}
        <span className="mono muted">{calendar.id}</span>
        <div className="muted small">
          {calendar.officialThrough ? t('calendar.officialThrough', { year: calendar.officialThrough }) : t('calendar.always')}
          {' · '}{calendar.zone}
          {unit && <> · {text(unit.name)}</>}
          {calendar.parent && calendar.parent !== calendar.id && <> · {t('calendar.over', { name: calendar.parent })}</>}
          {calendar.layers > 1 && <> · {t('calendar.layers', { count: calendar.layers })}</>}
        </div>
      </div>
      <div className="row">
        <Button icon={<PlusOutlined aria-hidden />} onClick={() => onEdit({ calendar: calendar.id, how: 'day' })}>{t('calendar.addDay')}</Button>
        <Button onClick={() => onEdit({ calendar: calendar.id, how: 'file' })}>{t('calendar.editFile')}</Button>
      </div>
    </li>
  );
}
