import { RightOutlined } from '@ant-design/icons';
import { Link } from 'react-router-dom';
import { useDefinitions } from '../api/queries';
import { Empty, Loading, PageTitle, ProblemView } from '../components/states';
import { formatDay } from '../lib/dates';
import { useLanguage } from '../i18n';

export default function DefinitionsPage() {
  const { t, text, language } = useLanguage();
  const query = useDefinitions();
  return (
    <div className="page page-narrow">
      <div className="page-head">
        <PageTitle title={t('definitions.title')} />
        <p className="muted">{t('definitions.lead')}</p>
      </div>
      {query.isPending ? <Loading /> : query.isError && !query.data ? <ProblemView error={query.error} retry={() => void query.refetch()} />
        : query.data!.items.length === 0 ? <Empty>{t('definitions.empty')}</Empty>
        : (
          <ul className="pick">
            {query.data!.items.map((d) => (
              <li key={d.name}>
                <Link to={`/workflows/${d.name}`}>
                  <span className="grow">
                    <strong>{text(d.title)}</strong>
                    <span className="muted">{text(d.summary)}</span>
                    <span className="muted small">
                      {t('definitions.version', { version: d.version })}
                      {d.publishedAt && <> · {t('definitions.published', { date: formatDay(d.publishedAt, language) })}</>}
                      {d.schedule && <> · {t('start.scheduled', { text: text(d.schedule.description) })}</>}
                    </span>
                  </span>
                  <RightOutlined aria-hidden />
                </Link>
              </li>
            ))}
          </ul>
        )}
    </div>
  );
}
