import { Alert } from 'antd';
import { HistoryOutlined, PaperClipOutlined, TeamOutlined } from '@ant-design/icons';
import { Link, useParams } from 'react-router-dom';
import { useInstance } from '../../api/queries';
import { FileLink } from '../../components/Attachments';
import { Comments } from '../../components/Comments';
import { Section } from '../../components/Section';
import { LegalList, StateTag } from '../../components/tags';
import { Empty, Loading, PageTitle, ProblemView } from '../../components/states';
import { formatInstant } from '../../lib/dates';
import { useLanguage } from '../../i18n';
import { Answers } from '../task/Panel';
import { Care } from './Care';
import { Stepper } from './Stepper';
import { Timeline } from './Timeline';
import { Waiting } from './Waiting';
import '../../styles/task.css';
import '../../styles/plan.css';

export default function PlanPage() {
  const { t, text, language } = useLanguage();
  const { id = '' } = useParams();
  const query = useInstance(id);
  if (query.isPending) return <Loading />;
  if (query.isError && !query.data) return <div className="page"><ProblemView error={query.error} retry={() => void query.refetch()} /></div>;
  const plan = query.data!;
  const legal = [...new Map(plan.steps.flatMap((s) => s.legalBasis ?? []).map((l) => [JSON.stringify([l.act, l.clause]), l])).values()];
  return (
    <div className="page">
      <nav aria-label={t('app.breadcrumb')} className="crumbs"><Link to="/plans">{t('plans.title')}</Link></nav>
      <div className="page-head">
        <div className="row spread">
          <div className="grow">
            <p className="eyebrow">{text(plan.definition.title)}</p>
            <PageTitle title={text(plan.title)} />
          </div>
          <Care plan={plan} />
        </div>
        <div className="row">
          <StateTag state={plan.state} />
          {plan.overdue && <span className="tag due-overdue">{t('plans.overdue')}</span>}
          {plan.unit && <span>{text(plan.unit.name)}</span>}
        </div>
      </div>
      {plan.suspended && (
        <Alert type="warning" showIcon title={t('plan.suspended', { name: plan.suspended.by?.name ?? t('plan.system'), at: formatInstant(plan.suspended.since, language) })} description={plan.suspended.reason} />
      )}
      <Waiting plan={plan} />
      {plan.error && (
        <Alert type="error" showIcon title={t('plan.error')} description={
          <>
            <p>{plan.error.title}</p>
            {plan.error.detail && <details><summary>{t('plan.showDetails')}</summary><p className="mono">{plan.error.detail}</p></details>}
          </>
        } />
      )}
      <div className="plan-grid">
        <div>
          <Section title={t('plan.steps')}><Stepper plan={plan} /></Section>
          {plan.progress?.map((one) => (
            <Section key={one.pointer} title={text(one.title) || t('panel.title')} icon={<TeamOutlined />}><Answers progress={one} /></Section>
          ))}
        </div>
        <div>
          <Section title={t('plan.facts')}>
            <dl className="facts">
              {plan.outcome && <div><dt>{t('plan.outcome')}</dt><dd>{plan.outcome}</dd></div>}
              {plan.businessKey && <div><dt>{t('plan.key')}</dt><dd className="mono">{plan.businessKey}</dd></div>}
              <div><dt>{t('plan.initiator')}</dt><dd>{plan.initiator?.name ?? t('plan.system')}</dd></div>
              <div><dt>{t('plans.started')}</dt><dd>{formatInstant(plan.startedAt, language)}</dd></div>
              {plan.endedAt && <div><dt>{t('plans.ended')}</dt><dd>{formatInstant(plan.endedAt, language)}</dd></div>}
              <div><dt>{t('plan.version')}</dt><dd><Link to={`/workflows/${plan.definition.name}?version=${plan.definition.version}`}>{plan.definition.version}</Link></dd></div>
            </dl>
          </Section>
          <Section title={t('plan.tasks')}>
            {plan.tasks.length ? (
              <ul className="plan-tasks">
                {plan.tasks.map((task) => (
                  <li key={task.id}>
                    <Link to={`/tasks/${task.id}`}>{text(task.title)}</Link>
                    <span className="muted small">
                      {task.state === 'completed' && task.completedAt
                        ? `${text(task.outcome) || t('task.state.completed')} · ${formatInstant(task.completedAt, language)}`
                        : `${t(`task.state.${task.state}`)} · ${task.holder?.name ?? text(task.candidates)}`}
                    </span>
                  </li>
                ))}
              </ul>
            ) : <p className="muted">{t('plan.noTasks')}</p>}
          </Section>
          <Section title={t('plan.files')} icon={<PaperClipOutlined />}>
            {plan.attachments.length ? plan.attachments.map((file) => <FileLink key={file.id} file={file} />) : <Empty>{t('plan.noFiles')}</Empty>}
          </Section>
          <Comments about={{ kind: 'instances', id: plan.id }} unit={plan.unit?.id} />
          <Section title={t('plan.history')} icon={<HistoryOutlined />}><Timeline id={plan.id} /></Section>
          {legal.length > 0 && <Section title={t('plan.legalAll')}><LegalList items={legal} /></Section>}
        </div>
      </div>
    </div>
  );
}
