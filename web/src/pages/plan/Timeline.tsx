import { Button } from 'antd';
import { ArrowRightOutlined } from '@ant-design/icons';
import { useHistory } from '../../api/queries';
import type { HistoryEntry, Text } from '../../api/types';
import { FileLink } from '../../components/Attachments';
import { Loading, ProblemView } from '../../components/states';
import { dueDay, formatDay, formatInstant } from '../../lib/dates';
import { useLanguage } from '../../i18n';

const tone = (kind: string) =>
  /fault|cancel|reject|expire|overdue|escalat/.test(kind) ? 'bad' : /complete|claim|decid|answer|start/.test(kind) ? 'good' : 'calm';

export function Timeline({ id }: { id: string }) {
  const { t, text, language } = useLanguage();
  const history = useHistory(id);
  if (history.isPending) return <Loading />;
  if (history.isError && !history.data) return <ProblemView error={history.error} retry={() => void history.refetch()} />;
  const entries: HistoryEntry[] = history.data.pages.flatMap((p) => p.items);
  if (!entries.length) return <p className="muted">{t('plan.noHistory')}</p>;
  return (
    <>
      <ol className="timeline">
        {entries.map((entry) => (
          <li key={entry.seq} className={`event event-${tone(entry.kind)}`}>
            <div className="event-title">{text(entry.title)}</div>
            {entry.comment && <blockquote>{entry.comment}</blockquote>}
            <Moved details={entry.details} />
            {entry.attachments?.map((file) => <FileLink key={file.id} file={file} />)}
            <div className="muted small">
              <time dateTime={entry.at}>{formatInstant(entry.at, language)}</time> · {entry.by?.name ?? t('plan.system')}
              {entry.onBehalfOf && <> ({t('absences.onBehalf', { name: entry.onBehalfOf.name })})</>}
              {entry.step && <> · {text(entry.step.title)}</>}
            </div>
          </li>
        ))}
      </ol>
      {history.hasNextPage && <Button onClick={() => void history.fetchNextPage()} loading={history.isFetchingNextPage}>{t('app.more')}</Button>}
    </>
  );
}

type MovedDeadline = { task?: string; title?: Text; dueWas?: string | null; dueAt?: string | null };

/** From when to when deadlines moved: by a calendar, a suspension or an extension. */
function Moved({ details }: { details: HistoryEntry['details'] }) {
  const { t, text, language } = useLanguage();
  const list = (Array.isArray(details?.deadlines) ? details.deadlines : details?.dueWas || details?.dueAt ? [details] : []) as MovedDeadline[];
  if (!list.length) return null;
  const day = (at: string | null | undefined) => {
    const found = at ? dueDay({ dueAt: at }) : null;
    return found ? formatDay(found, language) : t('due.no');
  };
  return (
    <ul className="moved">
      {list.map((one, i) => (
        <li key={i}>
          {one.title ? <>{text(one.title)}: </> : one.dueWas === undefined && <>{t('due.label')}: </>}
          {one.dueWas !== undefined && <><s className="muted">{day(one.dueWas)}</s> <ArrowRightOutlined aria-hidden /><span className="visually-hidden">{t('calendar.to')}</span> </>}
          <strong>{day(one.dueAt)}</strong>
        </li>
      ))}
    </ul>
  );
}
