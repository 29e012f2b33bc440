import { useMemo, useState } from 'react';
import { CheckCircleOutlined, DownloadOutlined, ExclamationCircleOutlined, StopOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useDefinitions, useNamesOf, useUnits } from '../../api/queries';
import type { Rehearsal } from '../../api/rehearsal';
import { Section } from '../../components/Section';
import { collisionsMet, loadTable, mondayOf, months, stepTitles, stuckSteps, type Stuck } from '../../lib/rehearsal';
import { formatDay, formatMonth } from '../../lib/dates';
import { useLanguage } from '../../i18n';

const shownFirst = 30;
const peopleFirst = 20;

/** What would happen, the troubles first. */
export function Played({ played }: { played: Rehearsal }) {
  const { t, language } = useLanguage();
  const { totals } = played;
  const tiles = [['starts', totals.starts], ['tasks', totals.tasks], ['deadlines', totals.deadlines], ['overdue', totals.overdue], ['reminders', totals.reminders], ['escalations', totals.escalations]] as const;
  const download = () => {
    const url = URL.createObjectURL(new Blob([JSON.stringify(played)], { type: 'application/json' }));
    const link = Object.assign(document.createElement('a'), { href: url, download: `kyhan-${played.from}-${played.to}.json` });
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <>
      <div className="row spread rehearsed-head">
        <h2>{t('rehearsal.played', { from: formatDay(played.from, language), to: formatDay(played.to, language) })}</h2>
        <Button icon={<DownloadOutlined aria-hidden />} onClick={download}>{t('rehearsal.download')}</Button>
      </div>
      <ul className="tiles">
        {tiles.map(([name, count]) => <li key={name} className={name === 'overdue' && count ? 'tile tile-bad' : 'tile'}><b>{count.toLocaleString(language === 'vi' ? 'vi-VN' : 'en-GB')}</b> <span>{t(`rehearsal.total.${name}`)}</span></li>)}
      </ul>
      {played.truncated.length > 0 && <p className="muted small after-tiles">{t('rehearsal.truncated')}</p>}
      <Nobody played={played} />
      <Collisions played={played} />
      <Load played={played} />
      <Months played={played} />
      <Deadlines played={played} />
    </>
  );
}

const useNames = () => {
  const { text } = useLanguage();
  const units = useUnits();
  const definitions = useDefinitions();
  return {
    unit: (id: string) => text(units.data?.items.find((u) => u.id === id)?.name) || id,
    definition: (name: string) => text(definitions.data?.items.find((d) => d.name === name)?.title) || name,
  };
};

/** A long list of units as a short one that opens. */
function Units({ ids }: { ids: string[] }) {
  const { t } = useLanguage();
  const { unit } = useNames();
  if (ids.length <= 3) return <>{ids.map(unit).join(', ')}</>;
  return <details className="inline-details"><summary>{t('rehearsal.units', { count: ids.length })}</summary>{ids.map(unit).join(', ')}</details>;
}

function Nobody({ played }: { played: Rehearsal }) {
  const { t, text, role } = useLanguage();
  const { definition } = useNames();
  const title = useMemo(() => stepTitles(played), [played]);
  const why = (one: Stuck) => (one.roles.length ? t('rehearsal.nobodyHolds', { roles: one.roles.map(role).join(', ') }) : one.detail);
  const stuck = stuckSteps(played.nobody);
  const refused = stuckSteps(played.refused);
  return (
    <Section title={t('rehearsal.nobody')} icon={stuck.length ? <StopOutlined /> : <CheckCircleOutlined />}>
      {stuck.length === 0 ? <p>{t('rehearsal.everybody')}</p> : (
        <ul className="findings">
          {stuck.map((one) => (
            <li key={one.definition + one.step + one.detail} className="finding-bad">
              <div><strong>{text(title(one.definition, one.step))}</strong> <span className="muted">· {definition(one.definition)}</span></div>
              <div>{why(one)}</div>
              <div className="small"><Units ids={one.units} /></div>
            </li>
          ))}
        </ul>
      )}
      {refused.length > 0 && (
        <details>
          <summary>{t('rehearsal.refused', { count: refused.length })}</summary>
          <ul className="findings">
            {refused.map((one) => (
              <li key={one.definition + one.step + one.detail}>
                <div><strong>{text(title(one.definition, one.step))}</strong> <span className="muted">· {definition(one.definition)}</span></div>
                <div className="small">{one.detail}</div>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  );
}

function Collisions({ played }: { played: Rehearsal }) {
  const { t, text, language } = useLanguage();
  const { definition } = useNames();
  const title = useMemo(() => stepTitles(played), [played]);
  const met = useMemo(() => collisionsMet([...played.collisions, ...played.skipped]), [played]);
  const [shown, setShown] = useState(shownFirst);
  return (
    <Section title={t('rehearsal.collisions')} icon={<ExclamationCircleOutlined />}>
      {met.length === 0 ? <p className="muted">{t('rehearsal.noCollisions')}</p> : (
        <ul className="findings">
          {met.slice(0, shown).map((one, i) => (
            <li key={i}>
              <div className="row">
                <strong>{formatDay(one.date, language, true)}</strong>
                <span className="tag">{t(`rehearsal.meets.${one.kind}`, { defaultValue: one.kind })}</span>
                {one.instead && one.instead !== one.date && <span>{t('rehearsal.instead', { day: formatDay(one.instead, language) })}</span>}
              </div>
              <div>{text(one.reason)}: {definition(one.definition)}{one.step && <> · {text(title(one.definition, one.step))}</>}</div>
              {one.units.length > 0 && <div className="muted small"><Units ids={one.units} /></div>}
            </li>
          ))}
        </ul>
      )}
      {met.length > shown && <Button onClick={() => setShown(shown + 100)}>{t('app.more')}</Button>}
    </Section>
  );
}

function Load({ played }: { played: Rehearsal }) {
  const { t, language } = useLanguage();
  const { rows, weeks, most } = useMemo(() => loadTable(played.load), [played]);
  const [shown, setShown] = useState(peopleFirst);
  const listed = rows.slice(0, shown);
  const names = useNamesOf(listed.map((row) => row.person));
  const grade = (due: number) => (due ? Math.ceil((due / most) * 4) : 0);
  return (
    <Section title={t('rehearsal.load')}>
      <p className="muted">{t('rehearsal.loadLead')}</p>
      {rows.length === 0 ? <p className="muted">{t('rehearsal.noLoad')}</p> : (
        <div className="load-scroll" tabIndex={0} role="region" aria-label={t('rehearsal.load')}>
          <table className="load-table">
            <thead>
              <tr>
                <th scope="col">{t('rehearsal.person')}</th>
                <th scope="col">{t('rehearsal.peak')}</th>
                {weeks.map((week) => <th key={week} scope="col"><abbr title={t('rehearsal.weekOf', { week: week.slice(6), day: formatDay(mondayOf(week), language) })}>{week.slice(6)}</abbr></th>)}
              </tr>
            </thead>
            <tbody>
              {listed.map((row) => (
                <tr key={row.person}>
                  <th scope="row">{names[row.person] ?? row.person}</th>
                  <td className="load-peak">{row.peak.due}</td>
                  {weeks.map((week) => {
                    const cell = row.weeks.get(week);
                    return <td key={week} className={`load-${grade(cell?.due ?? 0)}`}>{cell?.due || ''}</td>;
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length > shown && <Button onClick={() => setShown(shown + 50)}>{t('rehearsal.morePeople', { count: rows.length - shown })}</Button>}
    </Section>
  );
}

function Months({ played }: { played: Rehearsal }) {
  const { t, language } = useLanguage();
  const list = useMemo(() => months(played), [played]);
  const most = Math.max(1, ...list.map((one) => one.due));
  const cut = played.truncated.some((name) => name === 'deadlines' || name === 'starts');
  if (!list.length) return null;
  return (
    <Section title={t('rehearsal.byMonth')}>
      {cut && <p className="muted small">{t('rehearsal.monthsCut', { count: played.deadlines.length })}</p>}
      <div className="table-scroll" tabIndex={0} role="region" aria-label={t('rehearsal.byMonth')}>
        <table className="small-table">
          <thead><tr><th scope="col">{t('rehearsal.month')}</th><th scope="col">{t('rehearsal.total.starts')}</th><th scope="col">{t('rehearsal.total.deadlines')}</th><th scope="col">{t('rehearsal.total.overdue')}</th></tr></thead>
          <tbody>
            {list.map((one) => (
              <tr key={one.month}>
                <th scope="row">{formatMonth(one.month, language)}</th>
                <td>{one.starts}</td>
                <td><meter className="load" min={0} max={most} value={one.due} aria-hidden>{one.due}</meter> {one.due}</td>
                <td className={one.overdue ? 'bad' : ''}>{one.overdue}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Deadlines({ played }: { played: Rehearsal }) {
  const { t, text, language } = useLanguage();
  const { unit, definition } = useNames();
  const titles = useMemo(() => new Map(played.tasks.map((task) => [task.task, task])), [played]);
  const [shown, setShown] = useState(shownFirst);
  const listed = played.deadlines.slice(0, shown);
  const names = useNamesOf([...new Set(listed.flatMap((one) => titles.get(one.task)?.by ?? []))]);
  if (!listed.length) return null;
  return (
    <section className="card card-flush">
      <h2>{t('rehearsal.deadlines')}</h2>
      <table className="plan-table">
        <caption className="visually-hidden">{t('rehearsal.deadlines')}</caption>
        <thead><tr><th scope="col">{t('rehearsal.task')}</th><th scope="col">{t('rehearsal.date')}</th><th scope="col">{t('plans.unit')}</th><th scope="col">{t('rehearsal.person')}</th></tr></thead>
        <tbody>
          {listed.map((one) => {
            const task = titles.get(one.task);
            return (
              <tr key={one.task}>
                <th scope="row" className="plan-name"><strong>{task ? text(task.title) : definition(one.definition)}</strong> <span className="muted small">{definition(one.definition)}</span></th>
                <td data-label={t('rehearsal.date')}>{formatDay(one.date, language)} {one.overdue && <span className="tag due-overdue">{t('rehearsal.late')}</span>} {one.provisional && <span className="tag certainty-default">{t('due.provisional')}</span>}</td>
                <td data-label={t('plans.unit')}>{unit(one.unit)}</td>
                <td data-label={t('rehearsal.person')}>{task?.by ? names[task.by] ?? task.by : '-'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {played.deadlines.length > shown && <div className="row center table-more"><Button onClick={() => setShown(shown + 200)}>{t('app.more')}</Button></div>}
    </section>
  );
}
