import { useState } from 'react';
import { ArrowRightOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Link } from 'react-router-dom';
import type { CalendarMove } from '../../api/calendar';
import type { Moves } from '../../lib/calendar';
import { formatDay, formatInstant } from '../../lib/dates';
import { useLanguage } from '../../i18n';

const kinds: CalendarMove['kind'][] = ['due', 'reminder', 'escalation', 'expire', 'voteOpens', 'voteCloses', 'start'];
const shownAtOnce = 50;

/** Everything a change would move, from when to when, counted by unit. */
export function Preview({ moves, whole }: { moves: Moves; whole: boolean }) {
  const { t, text } = useLanguage();
  const [shown, setShown] = useState(shownAtOnce);
  const used = kinds.filter((kind) => moves.byUnit.some((row) => row.moves[kind]));
  return (
    <div className="preview" aria-live="polite">
      <p>
        <strong>{moves.items.length ? t('calendar.wouldMove', { count: moves.items.length }) : whole ? t('calendar.nothingMoves') : t('calendar.looking')}</strong>{' '}
        <span className="muted">{t('calendar.looked', { done: moves.lookedAt, total: moves.openInstances })}</span>
      </p>
      {!whole && <progress max={Math.max(1, moves.openInstances)} value={moves.lookedAt} aria-label={t('calendar.looking')} />}
      {moves.confirmed > 0 && <p className="muted">{t('calendar.confirmed', { count: moves.confirmed })}</p>}
      {moves.byUnit.length > 0 && (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={t('calendar.byUnit')}>
          <table className="small-table">
            <caption className="visually-hidden">{t('calendar.byUnit')}</caption>
            <thead><tr><th scope="col">{t('calendar.unit')}</th>{used.map((kind) => <th key={kind} scope="col">{t(`calendar.move.${kind}`)}</th>)}</tr></thead>
            <tbody>
              {moves.byUnit.map((row) => (
                <tr key={row.unit?.id ?? ''}>
                  <th scope="row">{text(row.unit?.name) || t('calendar.noUnit')}</th>
                  {used.map((kind) => <td key={kind}>{row.moves[kind] ?? 0}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {moves.items.length > 0 && (
        <ul className="moves" tabIndex={0} aria-label={t('calendar.moves')}>
          {moves.items.slice(0, shown).map((move, i) => (
            <li key={i}>
              <div>
                <span className="tag">{t(`calendar.move.${move.kind}`)}</span>{' '}
                {move.task ? <Link to={`/tasks/${move.task}`}>{text(move.title)}</Link> : text(move.title)}
                {move.instance && <span className="muted"> · {text(move.instance.title)}</span>}
              </div>
              <div className="row">
                <When at={move.from} day={move.fromDate} old /> <ArrowRightOutlined aria-hidden /><span className="visually-hidden">{t('calendar.to')}</span> <When at={move.to} day={move.toDate} />
              </div>
            </li>
          ))}
        </ul>
      )}
      {moves.items.length > shown && <Button size="small" onClick={() => setShown(shown + 200)}>{t('app.more')}</Button>}
    </div>
  );
}

function When({ at, day, old }: { at: string | null; day?: string; old?: boolean }) {
  const { t, language } = useLanguage();
  const words = day ? formatDay(day, language, true) : at ? formatInstant(at, language) : t('calendar.notYet');
  return old && (day || at) ? <s className="muted">{words}</s> : <span>{words}</span>;
}
