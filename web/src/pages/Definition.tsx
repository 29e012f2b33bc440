import { PlusCircleOutlined } from '@ant-design/icons';
import { Link, useNavigate, useParams } from 'react-router-dom';
import { Select } from 'antd';
import { useDefinition } from '../api/queries';
import { Certainty, LegalList } from '../components/tags';
import { Loading, PageTitle, ProblemView } from '../components/states';
import { useFilter } from '../lib/useSearch';
import { formatDay } from '../lib/dates';
import { useLanguage } from '../i18n';
import { Section } from '../components/Section';

export default function DefinitionPage() {
  const { t, text, role, language } = useLanguage();
  const { name = '' } = useParams();
  const { get } = useFilter();
  const navigate = useNavigate();
  const query = useDefinition(name, get('version'));
  if (query.isPending) return <Loading />;
  if (query.isError && !query.data) return <div className="page"><ProblemView error={query.error} retry={() => void query.refetch()} /></div>;
  const d = query.data!;
  const versions = (d.versions ?? []).map((v) => (typeof v === 'string' ? v : v.version));
  const defaults = [...(d.legalBasis ?? []), ...d.steps.flatMap((s) => s.legalBasis ?? [])].filter((l) => l.certainty === 'default').length;
  return (
    <div className="page page-narrow">
      <nav aria-label={t('app.breadcrumb')} className="crumbs"><Link to="/workflows">{t('definitions.title')}</Link></nav>
      <div className="page-head">
        <PageTitle title={text(d.title)} />
        <p className="lead">{text(d.summary)}</p>
        <div className="row">
          {versions.length > 1
            ? <Select aria-label={t('definitions.versions')} value={d.version} onChange={(v) => navigate(`/workflows/${name}?version=${encodeURIComponent(v)}`)}
                options={versions.map((v) => ({ value: v, label: t('definitions.version', { version: v }) }))} />
            : <span className="muted">{t('definitions.version', { version: d.version })}</span>}
          {d.publishedAt && <span className="muted">{t('definitions.published', { date: formatDay(d.publishedAt, language) })}</span>}
          <span className="muted">{t('definitions.stepCount', { count: d.steps.length })}</span>
          {defaults > 0 && <span className="tag certainty-default">{t('definitions.defaults', { count: defaults })}</span>}
        </div>
        {d.schedule && <p className="muted">{t('definitions.schedule')}: {text(d.schedule.description)}</p>}
        {d.startable && <Link className="button-link button-link-primary" to={`/start/${d.name}`}><PlusCircleOutlined aria-hidden /> {t('definitions.start')}</Link>}
      </div>
      <Section title={t('definitions.steps')}>
        <ol className="outline">
          {d.steps.map((step, i) => (
            <li key={step.pointer}>
              <span className="outline-number" aria-hidden>{i + 1}</span>
              <div className="grow">
                <div className="step-title">
                  {text(step.title)}
                  {step.kind === 'vote' && <span className="tag">{t('definitions.kind.vote')}</span>}
                </div>
                <dl className="facts-line facts-small">
                  <div><dt>{t('definitions.roles')}</dt><dd>{step.roles.length ? step.roles.map(role).join(', ') : '-'}</dd></div>
                  <div><dt>{t('definitions.due')}</dt><dd>{text(step.dueText) || t('definitions.noDue')}</dd></div>
                </dl>
                {step.legalBasis?.map((l, j) => (
                  <p key={j} className="small muted">{text(l.act)}{text(l.clause) && `, ${text(l.clause)}`} <Certainty certainty={l.certainty} /></p>
                ))}
              </div>
            </li>
          ))}
        </ol>
      </Section>
      {d.legalBasis?.length > 0 && <Section title={t('task.legal')}><LegalList items={d.legalBasis} /></Section>}
      <details className="card">
        <summary>{t('definitions.document')}</summary>
        <pre tabIndex={0} className="document" aria-label={t('definitions.document')}>{JSON.stringify(d.document, null, 2)}</pre>
      </details>
    </div>
  );
}
