import { CheckCircleFilled, ClockCircleOutlined, TeamOutlined } from '@ant-design/icons';
import { Link } from 'react-router-dom';
import type { Progress } from '../../api/types';
import { Section } from '../../components/Section';
import { formatInstant } from '../../lib/dates';
import { useLanguage } from '../../i18n';

/** Several people: who has answered what, who is missing and whose turn it is. */
export function Panel({ progress, here }: { progress: Progress; here?: string }) {
  const { t } = useLanguage();
  const vote = progress.kind === 'vote';
  return (
    <Section title={t(vote ? 'panel.vote' : 'panel.title')} icon={<TeamOutlined />} id="panel"><Answers progress={progress} here={here} /></Section>
  );
}

export function Answers({ progress, here }: { progress: Progress; here?: string }) {
  const { t, text, language } = useLanguage();
  const vote = progress.kind === 'vote';
  const name = (one: { by: { name: string } | null; onBehalfOf: { name: string } | null }) => (
    <>
      {one.by?.name ?? t('plan.system')}
      {one.onBehalfOf && <span className="behalf"> ({t('absences.onBehalf', { name: one.onBehalfOf.name })})</span>}
    </>
  );
  return (
    <div className="panel">
      <div className="panel-count">
        <strong>{t(vote ? 'panel.voted' : 'panel.answered', { done: progress.answered, total: progress.asked })}</strong>
        <progress max={progress.asked} value={progress.answered} aria-label={t('bulk.progress')} />
        {progress.closesAt && <span className="muted small">{t('panel.closes', { at: formatInstant(progress.closesAt, language) })}</span>}
      </div>
      {progress.tally && Object.keys(progress.tally).length > 0 && (
        <ul className="tally">
          {Object.entries(progress.tally).map(([outcome, count]) => (
            <li key={outcome}><span className="tag">{text(labelOf(progress, outcome))}</span> <b>{count}</b></li>
          ))}
        </ul>
      )}
      <ul className="panel-people">
        {progress.answers.map((one, i) => (
          <li key={`a${i}`}>
            <span aria-hidden className="panel-done"><CheckCircleFilled /></span>
            <div className="grow">
              <div>{name(one)} {one.outcome && <span className="tag">{text(one.outcome)}</span>}{one.automatic && <span className="tag">{t('panel.automatic')}</span>}</div>
              <div className="muted small">{one.unit && <>{text(one.unit.name)} · </>}{formatInstant(one.at, language)}</div>
            </div>
          </li>
        ))}
        {progress.missing.map((one, i) => (
          <li key={`m${i}`} className="panel-missing">
            <span aria-hidden><ClockCircleOutlined /></span>
            <div className="grow">
              <div>
                {one.holder?.name ?? text(one.holders)}{' '}
                <span className="tag">{t(one.waitsForTurn ? 'panel.notYourTurn' : 'panel.missing')}</span>
              </div>
              <div className="muted small">
                {one.unit && text(one.unit.name)}
                {!vote && one.task && one.task !== here && <> · <Link to={`/tasks/${one.task}`}>{t('plan.openTask')}</Link></>}
              </div>
            </div>
          </li>
        ))}
      </ul>
      {vote && <p className="muted small">{t(progress.ballot === 'secret' ? 'panel.secret' : progress.tally ? 'panel.live' : 'panel.closed')}</p>}
    </div>
  );
}

/** The tally names outcomes by id; their labels stand with the answers. */
const labelOf = (progress: Progress, id: string) => progress.outcomes?.find((one) => one.id === id)?.label ?? id;
