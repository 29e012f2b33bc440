import { useState, type ReactNode } from 'react';
import { Alert, App as AntApp, Button, Input, Modal } from 'antd';
import {
  CheckCircleFilled, ClockCircleFilled, HistoryOutlined, MinusCircleOutlined, PaperClipOutlined, RollbackOutlined,
} from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from 'react-router-dom';
import { isProblem, newKey, request } from '../api/client';
import { useHistory, useInstance } from '../api/queries';
import type { HistoryEntry, InstanceDetail, InstanceStep, StepState } from '../api/types';
import { useNow, useSession } from '../app/session';
import { FileLink } from '../components/Attachments';
import { DueDate, DueTag, LegalList, StateTag } from '../components/tags';
import { Empty, Loading, PageTitle, ProblemView } from '../components/states';
import { daysBetween, formatInstant } from '../lib/dates';
import { Comments } from '../components/Comments';
import { useLanguage } from '../i18n';
import '../styles/task.css';
import { Section } from '../components/Section';

const stepIcon: Record<StepState, ReactNode> = {
  done: <CheckCircleFilled />,
  current: <ClockCircleFilled />,
  waiting: <span className="step-ring" />,
  skipped: <MinusCircleOutlined />,
  returned: <RollbackOutlined />,
};

function Stepper({ plan }: { plan: InstanceDetail }) {
  const { t, text, language } = useLanguage();
  const now = useNow();
  const running = plan.state === 'running' || plan.state === 'waiting';
  return (
    <ol className="stepper">
      {plan.steps.map((step: InstanceStep) => {
        const here = running && step.state === 'current'
          ? plan.current.filter((c) => c.step === step.pointer || c.step === step.name)
          : [];
        return (
          <li key={step.pointer} className={`step step-${step.state}`} aria-current={step.state === 'current' ? 'step' : undefined}>
            <span className="step-icon" aria-hidden>{stepIcon[step.state]}</span>
            <div className="step-body">
              <div className="step-title">
                {text(step.title)}
                {step.rounds > 1 && <span className="tag">{t('plan.rounds', { n: step.rounds })}</span>}
              </div>
              <div className="step-state">
                {t(`plan.stepState.${step.state}`)}
                {step.outcome && <>: <strong>{text(step.outcome)}</strong></>}
              </div>
              {step.by && step.at && <div className="muted small">{text(step.by)} · {formatInstant(step.at, language)}</div>}
              {here.map((c, i) => (
                <div key={i} className="step-now">
                  <div>
                    {t('plan.held', { holder: text(c.holders), since: formatInstant(c.since, language) })}
                    {' · '}
                    {daysBetween(c.since, now) > 0 ? t('plan.heldDays', { count: daysBetween(c.since, now) }) : t('plan.heldToday')}
                  </div>
                  {(c.dueAt || c.dueDate) && <div>{t('due.label')}: <DueDate due={c} weekday /> <DueTag due={c} /></div>}
                </div>
              ))}
              {step.state === 'waiting' && text(step.dueText) && <div className="muted small">{text(step.dueText)}</div>}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

const tone = (kind: string) =>
  /fault|cancel|reject|expire|overdue|escalat/.test(kind) ? 'bad' : /complete|claim|decid|answer|start/.test(kind) ? 'good' : 'calm';

function Timeline({ id }: { id: string }) {
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
            {entry.attachments?.map((file) => <FileLink key={file.id} file={file} />)}
            <div className="muted small">
              <time dateTime={entry.at}>{formatInstant(entry.at, language)}</time> · {entry.by?.name ?? t('plan.system')}
              {entry.step && <> · {text(entry.step.title)}</>}
            </div>
          </li>
        ))}
      </ol>
      {history.hasNextPage && <Button onClick={() => void history.fetchNextPage()} loading={history.isFetchingNextPage}>{t('app.more')}</Button>}
    </>
  );
}

function CancelPlan({ plan }: { plan: InstanceDetail }) {
  const { t } = useLanguage();
  const client = useQueryClient();
  const { message } = AntApp.useApp();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const cancel = useMutation({
    mutationFn: () => request(`/instances/${encodeURIComponent(plan.id)}:cancel`, { method: 'POST', body: { reason: reason.trim() }, key: newKey() }),
    onSuccess: () => {
      setOpen(false);
      void message.success(t('plan.cancelled'));
      void client.invalidateQueries();
    },
    onError: (error) => void message.error(isProblem(error) && error.status ? error.message : t('error.offlineTitle')),
  });
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>{t('plan.cancel')}</Button>
      <Modal open={open} title={t('plan.cancelTitle')} onCancel={() => setOpen(false)} okText={t('plan.cancel')} cancelText={t('app.cancel')}
        closable={{ 'aria-label': t('app.close') }} okButtonProps={{ danger: true, disabled: !reason.trim(), loading: cancel.isPending }} onOk={() => cancel.mutate()}>
        <p>{t('plan.cancelLead')}</p>
        <div className="field">
          <label htmlFor="cancel-reason">{t('plan.cancelReason')}</label>
          <Input.TextArea id="cancel-reason" rows={3} value={reason} onChange={(e) => setReason(e.target.value)} />
        </div>
      </Modal>
    </>
  );
}

export default function PlanPage() {
  const { t, text, language } = useLanguage();
  const me = useSession();
  const { id = '' } = useParams();
  const query = useInstance(id);
  if (query.isPending) return <Loading />;
  if (query.isError && !query.data) return <div className="page"><ProblemView error={query.error} retry={() => void query.refetch()} /></div>;
  const plan = query.data!;
  const running = plan.state === 'running' || plan.state === 'waiting';
  const untouched = !plan.tasks.some((task) => task.state === 'completed');
  const mayCancel = running && (me.isAdministrator || (plan.initiator?.id === me.person.id && untouched));
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
          {mayCancel && <CancelPlan plan={plan} />}
        </div>
        <div className="row">
          <StateTag state={plan.state} />
          {plan.overdue && <span className="tag due-overdue">{t('plans.overdue')}</span>}
          {plan.unit && <span>{text(plan.unit.name)}</span>}
        </div>
      </div>
      {text(plan.waiting) && running && (
        <div className="status-line"><strong>{t('plan.now')}:</strong> {text(plan.waiting)}</div>
      )}
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
