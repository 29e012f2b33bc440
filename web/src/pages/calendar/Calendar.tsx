import { useEffect, useMemo, useRef } from 'react';
import { CalculatorOutlined, LeftOutlined, RightOutlined, SettingOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { Link } from 'react-router-dom';
import { useDays, type Day } from '../../api/calendar';
import { useTasks, useUnits } from '../../api/queries';
import { useNow, useSession } from '../../app/session';
import { Section } from '../../components/Section';
import { Loading, PageTitle, ProblemView } from '../../components/states';
import { isSpecial, monthAfter, stretchesOf, weeksOf, type Stretch } from '../../lib/calendar';
import { dayOf, dueDay, formatDay, formatMonth } from '../../lib/dates';
import { useFilter } from '../../lib/useSearch';
import { useLanguage } from '../../i18n';
import { Calculator } from './Calculator';
import '../../styles/calendar.css';

/** Which days are worked, which are not and by what right, for a unit; with one's own deadlines. */
export default function CalendarPage() {
  const { t, text, language } = useLanguage();
  const me = useSession();
  const today = dayOf(useNow());
  const { get, set } = useFilter();
  const units = useUnits();
  const asked = get('month');
  const month = asked && /^\d{4}-(0[1-9]|1[0-2])$/.test(asked) ? asked : today.slice(0, 7);
  const year = month.slice(0, 4);
  const unit = get('unit') ?? me.home ?? undefined;
  const query = useDays(`${year}-01-01`, `${year}-12-31`, unit);
  const days = useMemo(() => new Map((query.data?.items ?? []).map((day) => [day.date, day])), [query.data]);
  const mine = useTasks({ view: 'mine' });
  const due = useMemo(() => {
    const counts = new Map<string, number>();
    for (const task of mine.data?.pages.flatMap((page) => page.items) ?? []) {
      const day = dueDay(task);
      if (day) counts.set(day, (counts.get(day) ?? 0) + 1);
    }
    return counts;
  }, [mine.data]);
  const inMonth = [...days.values()].filter((day) => day.date.startsWith(month));
  const ofYear = stretchesOf([...days.values()]);
  const provisional = [...days.values()].some((day) => day.provisional);
  return (
    <div className="page">
      <div className="page-head row spread">
        <div className="grow">
          <PageTitle title={t('calendar.title')} />
          <p className="muted">{t('calendar.lead')}</p>
        </div>
        {me.isAdministrator && <Link className="button-link" to="/calendar/manage"><SettingOutlined aria-hidden /> {t('calendar.manage')}</Link>}
      </div>
      <div className="filters filters-wide">
        <Select className="unit-select" aria-label={t('calendar.unit')} showSearch={{ optionFilterProp: 'label' }} value={unit} onChange={(value) => set({ unit: value })}
          options={(units.data?.items ?? []).map((u) => ({ value: u.id, label: text(u.name) }))} />
        <span className={provisional ? 'tag certainty-default' : 'tag certainty-law'}>
          {provisional ? t('calendar.yearProvisional', { year }) : t('calendar.yearOfficial', { year })}
        </span>
      </div>
      <div className="calendar-grid">
        <section className="card month" aria-labelledby="month-name">
          <div className="month-head">
            <Button aria-label={t('calendar.before')} icon={<LeftOutlined />} onClick={() => set({ month: monthAfter(month, -1) })} />
            <h2 id="month-name" aria-live="polite">{formatMonth(month, language)}</h2>
            <Button aria-label={t('calendar.after')} icon={<RightOutlined />} onClick={() => set({ month: monthAfter(month, 1) })} />
            {month !== today.slice(0, 7) && <Button onClick={() => set({ month: undefined })}>{t('calendar.today')}</Button>}
          </div>
          {query.isPending ? <Loading /> : query.isError && !query.data ? <ProblemView error={query.error} retry={() => void query.refetch()} />
            : <Month month={month} days={days} today={today} due={due} />}
          <p className="muted small">
            {t('calendar.worked', { count: inMonth.filter((day) => day.working ?? (day.kind === 'work' || day.kind === 'swap_work')).length })}
          </p>
        </section>
        <div>
          <Section title={t('calendar.special', { year })}>
            {ofYear.length ? <Stretches items={ofYear} month={month} /> : <p className="muted">{t('calendar.noSpecial')}</p>}
          </Section>
          <Section title={t('calendar.compute')} icon={<CalculatorOutlined />}><Calculator unit={unit} today={today} /></Section>
        </div>
      </div>
    </div>
  );
}

function Month({ month, days, today, due }: { month: string; days: Map<string, Day>; today: string; due: Map<string, number> }) {
  const { t, text } = useLanguage();
  const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
  return (
    <table className="month-table">
      <caption className="visually-hidden">{t('calendar.caption')}</caption>
      <thead>
        <tr>{weekdays.map((day) => <th key={day} scope="col"><abbr title={t(`calendar.weekday.${day}`)}>{t(`calendar.short.${day}`)}</abbr></th>)}</tr>
      </thead>
      <tbody>
        {weeksOf(month).map((week, i) => (
          <tr key={i}>
            {week.map((date, j) => {
              const day = date ? days.get(date) : undefined;
              if (!date || !day) return <td key={j} className="day-none" />;
              const kind = day.kind;
              return (
                <td key={j} className={`day day-${kind}${date === today ? ' day-today' : ''}${day.provisional && isSpecial(day) ? ' day-provisional' : ''}`} aria-current={date === today ? 'date' : undefined}>
                  <span className="day-number">{Number(date.slice(8))}</span>
                  {kind !== 'work' && kind !== 'weekend' && (
                    <span className="day-word"><span className="day-long">{text(day.name) || t(`calendar.kind.${kind}`)}</span><span className="day-brief">{t(`calendar.brief.${kind}`)}</span></span>
                  )}
                  {kind === 'weekend' && <span className="visually-hidden">{t('calendar.kind.weekend')}</span>}
                  {due.has(date) && (
                    <Link className="day-due" to="/tasks" title={t('calendar.due', { count: due.get(date) })}>
                      <span aria-hidden>{due.get(date)}</span><span className="visually-hidden">{t('calendar.due', { count: due.get(date) })}</span>
                    </Link>
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Stretches({ items, month }: { items: Stretch[]; month: string }) {
  const { t, text, language } = useLanguage();
  const list = useRef<HTMLUListElement>(null);
  // The days of the month that is shown stand in sight.
  useEffect(() => {
    const here = list.current?.querySelector<HTMLElement>('.stretch-here');
    if (here && list.current) list.current.scrollTop = here.offsetTop - list.current.offsetTop;
  }, [month, items.length]);
  return (
    <ul className="stretches" ref={list} tabIndex={0} aria-label={t('calendar.special', { year: month.slice(0, 4) })}>
      {items.map(({ from, to, day }) => (
        <li key={from} className={from.startsWith(month) || to.startsWith(month) ? 'stretch stretch-here' : 'stretch'}>
          <span className={`swatch day-${day.kind}`} aria-hidden />
          <div className="grow">
            <strong>{text(day.name) || t(`calendar.kind.${day.kind}`)}</strong>{' '}
            <span className="nowrap">{from === to ? formatDay(from, language, true) : t('calendar.span', { from: formatDay(from, language), to: formatDay(to, language) })}</span>
            <div className="row small">
              <span className="tag">{t(`calendar.kind.${day.kind}`)}</span>
              {day.provisional && <span className="tag certainty-default">{t('due.provisional')}</span>}
              {day.kind === 'swap_work' && day.hours?.length > 0 && <span className="muted">{day.hours.map(([a, b]) => `${a}-${b}`).join(', ')}</span>}
            </div>
            {text(day.legalBasis) && <div className="muted small">{text(day.legalBasis)}</div>}
          </div>
        </li>
      ))}
    </ul>
  );
}
