import { lazy, Suspense, useCallback, useRef, useState } from 'react';
import { Alert, App as AntApp, Button } from 'antd';
import { CheckCircleOutlined, EyeOutlined, UserSwitchOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { isProblem, type Tagged } from '../../api/client';
import type { Draft } from '../../api/drafts';
import { useTaskAction } from '../../api/tasks';
import type { TaskDetail } from '../../api/types';
import { EvidenceField, FileLink } from '../../components/Attachments';
import { Comments } from '../../components/Comments';
import { DecisionDialog } from '../../components/DecisionDialog';
import { Section } from '../../components/Section';
import { LegalList } from '../../components/tags';
import { Loading } from '../../components/states';
import { Value } from '../../components/Value';
import type { FormFault, SchemaFormHandle } from '../../form/SchemaForm';
import { formatInstant } from '../../lib/dates';
import { isOpen, nameOf } from '../../lib/tasks';
import { Markdown } from '../../lib/markdown';
import { useLanguage } from '../../i18n';
import { DecisionBar } from './DecisionBar';
import { DraftNotices } from './DraftNotices';
import { ExtensionSection } from './Extension';
import { Notices } from './Notices';
import { Panel } from './Panel';
import { Questions } from './Questions';
import { Recall } from './Recall';
import { TaskHead } from './TaskHead';
import { useAnswer } from './useAnswer';
import { useDecision } from './useDecision';
import { Verbs } from './Verbs';
import '../../styles/task.css';

const SchemaForm = lazy(() => import('../../form/SchemaForm'));

type Changed = { state?: string; holder?: string; detail?: string };

export function TaskView({ task, draft, onFinished }: {
  task: TaskDetail;
  draft: Tagged<Draft | undefined> | undefined;
  onFinished: (id: string) => void;
}) {
  const { t, text, language } = useLanguage();
  const client = useQueryClient();
  const { message } = AntApp.useApp();
  const form = useRef<SchemaFormHandle>(null);
  const summary = useRef<HTMLDivElement>(null);
  const [changed, setChanged] = useState<Changed | null>(null);
  const answer = useAnswer(task, draft);
  const open = isOpen(task);

  const refresh = useCallback(() => {
    void client.invalidateQueries({ queryKey: ['task', task.id] });
    void client.invalidateQueries({ queryKey: ['tasks'] });
  }, [client, task.id]);

  /** Where another hand was quicker: shows what is there now, keeps what was typed. */
  const trouble = (error: unknown) => {
    if (isProblem(error, 412) || isProblem(error, 409) || isProblem(error, 428)) {
      const current = error.body.current;
      setChanged({
        state: current ? t(`task.state.${current.state}`) : undefined,
        holder: current ? current.holder?.name ?? t('tasks.unclaimed') : undefined,
        detail: error.status === 409 ? error.message : undefined,
      });
      refresh();
      return;
    }
    void message.error(isProblem(error, 0) ? t('error.offlineTitle') : isProblem(error) ? error.message : t('error.generic'));
  };

  const decision = useDecision({ task, answer, form, summary, trouble, refresh, onFinished });
  const claim = useTaskAction<object>(task, 'claim');
  /** Who acted, and for whom. */
  const actorOf = ({ completedBy, onBehalfOf }: TaskDetail) =>
    onBehalfOf ? `${nameOf(completedBy)} (${t('absences.onBehalf', { name: onBehalfOf.name })})` : nameOf(completedBy);

  return (
    <article className="task" aria-labelledby="task-title">
      <TaskHead task={task} />
      {changed && (
        <Alert type="warning" showIcon role="alert" title={t('task.changedTitle')} closable={{ closeIcon: true, 'aria-label': t('app.close'), onClose: () => setChanged(null) }}
          description={
            <>
              <p>{changed.detail ?? t('task.changed')}</p>
              {changed.state && <p>{t('task.changedHolder', { state: changed.state, holder: changed.holder })}</p>}
            </>
          } />
      )}
      {!open && (
        <Alert type="info" showIcon icon={<CheckCircleOutlined />} title={`${t(`task.state.${task.state}`)}${task.outcome ? `: ${text(task.outcome)}` : ''}`}
          description={task.completedAt && task.completedBy
            ? t('task.endedBy', { name: actorOf(task), at: formatInstant(task.completedAt, language) })
            : t('task.ended')}
          action={<Recall task={task} />} />
      )}
      {open && task.actingFor && (
        <Alert type="info" showIcon icon={<UserSwitchOutlined />} title={t('absences.actFor', { name: task.actingFor.name })} description={t('absences.actForHelp')} data-testid="acting-for" />
      )}
      {open && <DraftNotices answer={answer} />}
      <Questions task={task} />
      <ExtensionSection task={task} />
      <Faults of={decision.faults} box={summary} />

      {task.context?.length > 0 && (
        <Section title={t('task.facts')}>
          <dl className="facts">
            {task.context.map((fact, i) => (
              <div key={i}><dt>{text(fact.label)}</dt><dd><Value value={fact.value} /></dd></div>
            ))}
          </dl>
        </Section>
      )}
      {text(task.instructions) && (
        <Section title={t('task.instructions')} icon={<EyeOutlined />} tone="card-quiet"><Markdown source={text(task.instructions)} /></Section>
      )}
      {task.progress && <Panel progress={task.progress} here={task.id} />}
      {task.earlier?.length > 0 && <Earlier decisions={task.earlier} />}
      {task.form && (
        <Section title={t('task.form')}>
          <Suspense fallback={<Loading />}>
            <SchemaForm ref={form} spec={task.form} value={answer.data} readOnly={!open || !task.canComplete}
              onChange={(value) => {
                // The form reports its defaults when it opens; only what a person changes is a draft.
                const typed = JSON.stringify(value) !== JSON.stringify(answer.data) &&
                  !!document.activeElement?.closest('.schema-form, .ant-picker-dropdown, .ant-select-dropdown');
                answer.setData(value, typed);
              }} />
          </Suspense>
        </Section>
      )}
      {task.evidence?.length > 0 && open && (
        <Section title={t('task.evidence')}>
          {task.evidence.map((rule) => (
            <EvidenceField key={rule.type} task={task.id} rule={rule} files={answer.files[rule.type] ?? []} disabled={!task.canComplete}
              onChange={(change) => answer.setFiles((old) => ({ ...old, [rule.type]: change(old[rule.type] ?? []) }))} />
          ))}
        </Section>
      )}
      <Comments about={{ kind: 'instances', id: task.instance.id }} here={task.id} unit={task.unit?.id} />
      <div className="two">
        <Section title={t('task.legal')}><LegalList items={task.legalBasis} /></Section>
        <Notices task={task} />
      </div>

      {open && (
        <DecisionBar task={task} draft={answer.state} choose={(outcome) => { setChanged(null); decision.choose(outcome); }}>
          {task.claimable && task.state === 'offered' && (
            <Button size="large" type={task.canComplete ? 'default' : 'primary'} loading={claim.isPending} title={t('task.claimHint')}
              onClick={() => claim.mutate({}, { onSuccess: () => void message.success(t('task.claimed')), onError: trouble })}>
              {t('task.claim')}
            </Button>
          )}
          <Verbs task={task} trouble={trouble} />
        </DecisionBar>
      )}
      <DecisionDialog
        outcome={decision.deciding}
        title={text(task.title)}
        comment={answer.comment}
        onComment={answer.setComment}
        busy={decision.busy}
        signatureFault={decision.signatureFault}
        onCancel={decision.cancel}
        onConfirm={decision.confirm}
      />
    </article>
  );
}

function Earlier({ decisions }: { decisions: TaskDetail['earlier'] }) {
  const { t, text, language } = useLanguage();
  return (
    <Section title={t('task.earlier')}>
      <ol className="earlier">
        {decisions.map((decision, i) => (
          <li key={i}>
            <div className="row">
              <strong>{text(decision.outcome)}</strong>
              <span>{text(decision.title)}</span>
              <span className="muted small">{nameOf(decision.by)} · {formatInstant(decision.at, language)}</span>
            </div>
            {decision.comment && <blockquote>{decision.comment}</blockquote>}
            {decision.attachments?.map((file) => <FileLink key={file.id} file={file} />)}
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Faults({ of, box }: { of: FormFault[]; box: React.RefObject<HTMLDivElement | null> }) {
  const { t } = useLanguage();
  if (!of.length) return null;
  return (
    <div ref={box} tabIndex={-1} className="error-summary" role="alert">
      <h2>{t('task.fixTitle')}</h2>
      <ul>
        {of.map((fault, i) => (
          <li key={i}>
            {fault.id
              ? <a href={`#${fault.id}`} onClick={(e) => { e.preventDefault(); focusField(fault.id); }}>{fault.message}</a>
              : fault.message}
          </li>
        ))}
      </ul>
    </div>
  );
}

function focusField(id: string) {
  const field = document.getElementById(id) ?? document.querySelector<HTMLElement>(`[id^="${CSS.escape(id)}"]`);
  field?.scrollIntoView({ block: 'center' });
  (field?.matches('input, textarea, select, button, [tabindex]') ? field : field?.querySelector<HTMLElement>('input, textarea, button'))?.focus();
}
