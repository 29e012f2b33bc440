import { lazy, Suspense, useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { Alert, App as AntApp, Button } from 'antd';
import {
  ArrowLeftOutlined, BellOutlined, CheckCircleOutlined, EyeOutlined, InfoCircleOutlined, LockOutlined, ScheduleOutlined,
} from '@ant-design/icons';
import { useMutation, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { Link } from 'react-router-dom';
import { isProblem, newKey, request } from '../api/client';
import { useTask } from '../api/queries';
import type { Attachment, CompleteAnswer, Outcome, TaskDetail, TaskPage } from '../api/types';
import { announce } from '../app/announce';
import { useSession } from '../app/session';
import { EvidenceField, FileLink } from '../components/Attachments';
import { DueDate, DueTag, LegalList, outcomeIcon } from '../components/tags';
import { Loading, PageTitle, ProblemView } from '../components/states';
import { Value } from '../components/Value';
import { DecisionDialog } from '../components/DecisionDialog';
import type { FormFault, SchemaFormHandle } from '../form/SchemaForm';
import { dropDraft, readDraft, writeDraft } from '../lib/draft';
import { formatInstant, timeOf } from '../lib/dates';
import { Markdown } from '../lib/markdown';
import { useLanguage } from '../i18n';

const SchemaForm = lazy(() => import('../form/SchemaForm'));

export function TaskPane({ id, back, onFinished }: { id: string; back?: string; onFinished: (id: string) => void }) {
  const { t } = useLanguage();
  const task = useTask(id);
  return (
    <div className="task-pane">
      {back && <Link to={back} className="back"><ArrowLeftOutlined aria-hidden /> {t('tasks.backToList')}</Link>}
      {task.isPending ? <Loading />
        : task.isError && !task.data ? <ProblemView error={task.error} retry={() => void task.refetch()} />
        : task.data && <TaskView key={task.data.id} task={task.data} onFinished={onFinished} />}
    </div>
  );
}

export function Section({ title, icon, children, tone }: { title: string; icon?: ReactNode; children: ReactNode; tone?: string }) {
  return (
    <section className={`card ${tone ?? ''}`}>
      <h2>{icon && <span aria-hidden>{icon}</span>}{title}</h2>
      {children}
    </section>
  );
}

/** How a decision looks: a vote's options all alike, the only way on as the main one. */
const lookOf = (task: TaskDetail, outcome: Outcome): Outcome['style'] | 'plain' => {
  if (task.kind === 'ballot') return 'plain';
  if (outcome.style !== 'neutral') return outcome.style;
  if (task.outcomes.length === 1) return 'positive';
  return outcome.requires.includes('comment') ? 'neutral' : 'plain';
};

const inPageOrder = (faults: FormFault[]) => {
  const place = (fault: FormFault) => document.getElementById(fault.id)?.getBoundingClientRect().top ?? 0;
  return [...faults].sort((a, b) => place(a) - place(b));
};

const nameOf = (person: TaskDetail['completedBy']) => (typeof person === 'string' ? person : person?.name ?? '');

function TaskView({ task, onFinished }: { task: TaskDetail; onFinished: (id: string) => void }) {
  const { t, text, language } = useLanguage();
  const me = useSession();
  const client = useQueryClient();
  const { message } = AntApp.useApp();
  const form = useRef<SchemaFormHandle>(null);
  const summary = useRef<HTMLDivElement>(null);
  const [draft] = useState(() => readDraft(me.person.id, task.id));
  const [data, setData] = useState<Record<string, unknown>>(() => draft?.data ?? task.prefill ?? {});
  const [comment, setComment] = useState(draft?.comment ?? '');
  const [restored, setRestored] = useState(!!draft);
  const [savedAt, setSavedAt] = useState<string | null>(null);
  const [files, setFiles] = useState<Record<string, Attachment[]>>({});
  const [faults, setFaults] = useState<FormFault[]>([]);
  const [deciding, setDeciding] = useState<Outcome | null>(null);
  const [changed, setChanged] = useState<{ state?: string; holder?: string; detail?: string } | null>(null);
  const touched = useRef(!!draft);
  const key = useRef(newKey());
  const open = task.state === 'offered' || task.state === 'claimed';

  // Typed text is kept in the browser shortly after the last key stroke.
  useEffect(() => {
    if (!touched.current || !open) return;
    const timer = setTimeout(() => {
      const at = new Date().toISOString();
      writeDraft(me.person.id, task.id, { data, comment, at });
      setSavedAt(at);
    }, 600);
    return () => clearTimeout(timer);
  }, [data, comment, me.person.id, task.id, open]);

  const refresh = useCallback(() => {
    void client.invalidateQueries({ queryKey: ['task', task.id] });
    void client.invalidateQueries({ queryKey: ['tasks'] });
  }, [client, task.id]);

  /** Another hand was quicker: show what is there now, keep what was typed. */
  const conflict = useCallback((error: unknown) => {
    if (!isProblem(error, 412) && !isProblem(error, 409) && !isProblem(error, 428)) return false;
    const current = error.body.current;
    setChanged({
      state: current ? t(`task.state.${current.state}`) : undefined,
      holder: current ? current.holder?.name ?? t('tasks.unclaimed') : undefined,
      detail: error.status === 409 ? error.message : undefined,
    });
    setDeciding(null);
    refresh();
    return true;
  }, [refresh, t]);

  const trouble = (error: unknown) => {
    if (conflict(error)) return;
    void message.error(isProblem(error, 0) ? t('error.offlineTitle') : isProblem(error) ? error.message : t('error.generic'));
  };

  const claim = useMutation({
    mutationFn: (action: 'claim' | 'release') =>
      request<TaskDetail>(`/tasks/${encodeURIComponent(task.id)}:${action}`, { method: 'POST', body: {}, etag: task.etag }),
    onSuccess: (fresh, action) => {
      client.setQueryData(['task', task.id], fresh);
      refresh();
      void message.success(t(action === 'claim' ? 'task.claimed' : 'task.released'));
    },
    onError: trouble,
  });

  const complete = useMutation({
    mutationFn: ({ outcome, said }: { outcome: Outcome; said: string }) => {
      const attachments = Object.values(files).flat().map((f) => f.id);
      const body: Record<string, unknown> = { outcome: outcome.id };
      if (said.trim()) body.comment = said.trim().normalize('NFC');
      if (sendsForm(outcome)) body.data = form.current?.data() ?? data;
      if (attachments.length) body.attachments = attachments;
      return request<CompleteAnswer>(`/tasks/${encodeURIComponent(task.id)}:complete`, {
        method: 'POST', body, etag: task.etag, key: key.current,
      });
    },
    onSuccess: (answer, { outcome }) => {
      touched.current = false;
      dropDraft(me.person.id, task.id);
      setDeciding(null);
      // Gone at once from every list of open tasks; the server's word follows.
      client.setQueriesData<InfiniteData<TaskPage>>({ queryKey: ['tasks'] }, (old) => old && {
        ...old,
        pages: old.pages.map((page) => {
          const gone = page.items.find((item) => item.id === task.id && (item.state === 'offered' || item.state === 'claimed'));
          return gone
            ? {
                ...page,
                items: page.items.filter((item) => item !== gone),
                counts: { ...page.counts, [gone.dueGroup]: Math.max(0, (page.counts?.[gone.dueGroup] ?? 1) - 1) },
              }
            : page;
        }),
      });
      const words = t('task.recorded', { outcome: text(outcome.label) });
      announce(`${words}. ${t('task.recordedFor', { title: text(task.title) })}`);
      message.success({
        duration: 6,
        content: (
          <span className="recorded">
            <strong>{words}</strong>
            <span>
              {answer.instance.state === 'completed' ? t('task.planEnded') : t('task.nextOpened')}{' '}
              <Link to={`/plans/${task.instance.id}`}>{t('task.openPlan')}</Link>
            </span>
          </span>
        ),
      });
      onFinished(task.id);
      refresh();
      for (const name of ['instances', 'instance', 'history', 'overview']) void client.invalidateQueries({ queryKey: [name] });
    },
    onError: (error, { outcome }) => {
      if (isProblem(error, 422)) {
        key.current = newKey();
        setDeciding(null);
        const errors = error.body.errors ?? [];
        const ofForm = errors.filter((e) => !/^\/(comment|attachments|outcome)/.test(e.pointer));
        const others = errors.filter((e) => !ofForm.includes(e));
        const shown = task.form ? form.current?.show(ofForm) ?? [] : ofForm.map((e) => ({ id: '', message: e.message }));
        const rest = others.map((e) => ({
          id: e.pointer.startsWith('/attachments') ? `evidence-${task.evidence[0]?.type}` : '',
          message: e.message,
        }));
        showFaults(errors.length ? [...shown, ...rest] : [{ id: '', message: error.message }]);
        if (others.some((e) => e.pointer.startsWith('/comment'))) setDeciding(outcome);
        return;
      }
      if (!isProblem(error, 0)) key.current = newKey();
      trouble(error);
    },
  });

  // A return or a refusal carries the form only where it is wanted, or where it was filled in rightly.
  const needsForm = (outcome: Outcome) =>
    !!task.form && (outcome.requires.includes('form') || lookOf(task, outcome) === 'positive');
  const sendsForm = (outcome: Outcome) =>
    needsForm(outcome) || (!!task.form && touched.current && !!form.current?.valid());

  const showFaults = (found: FormFault[]) => {
    setFaults(found);
    if (found.length) setTimeout(() => summary.current?.focus());
  };

  const choose = (outcome: Outcome) => {
    setChanged(null);
    const found: FormFault[] = [];
    if (needsForm(outcome)) found.push(...inPageOrder(form.current?.check() ?? []));
    for (const rule of task.evidence) {
      const counts = !rule.forOutcomes?.length || rule.forOutcomes.includes(outcome.id);
      if (counts && (files[rule.type]?.length ?? 0) < rule.min) {
        found.push({
          id: `evidence-${rule.type}`,
          message: t('task.missingFile', { label: text(rule.label) || rule.type, count: rule.min }),
        });
      }
    }
    const none = !Object.values(files).some((list) => list.length > 0);
    const first = task.evidence.find((rule) => !rule.forOutcomes?.length || rule.forOutcomes.includes(outcome.id));
    if (outcome.requires.includes('attachment') && none && first && !found.some((f) => f.id.startsWith('evidence-'))) {
      found.push({ id: `evidence-${first.type}`, message: t('task.missingFile', { label: text(first.label) || first.type, count: 1 }) });
    }
    showFaults(found);
    if (!found.length) setDeciding(outcome);
  };

  const discard = () => {
    touched.current = false;
    dropDraft(me.person.id, task.id);
    setData(task.prefill ?? {});
    setComment('');
    setRestored(false);
    setSavedAt(null);
  };

  const releasable = open && task.mine && task.state === 'claimed' && task.holder?.id === me.person.id && !!text(task.candidates);
  return (
    <article className="task" aria-labelledby="task-title">
      <header className="task-head">
        <p className="eyebrow">
          {text(task.definition.title)}
          {task.round > 1 && <span className="tag">{t('tasks.round', { n: task.round })}</span>}
          {task.kind !== 'task' && <span className="tag">{t(`task.kind.${task.kind}`)}</span>}
        </p>
        <PageTitle title={text(task.title)}><span id="task-title">{text(task.title)}</span></PageTitle>
        <p className="task-plan">
          <ScheduleOutlined aria-hidden /> {text(task.instance.title)}{' · '}
          <Link to={`/plans/${task.instance.id}`}>{t('task.openPlan')}</Link>
        </p>
        <dl className="facts-line">
          <div>
            <dt>{t('due.label')}</dt>
            <dd><strong><DueDate due={task} weekday /></strong> {open && <DueTag due={task} group={task.dueGroup} />}</dd>
          </div>
          <div><dt>{t('task.holder')}</dt><dd>{task.holder?.name ?? t('tasks.unclaimed')}</dd></div>
          {task.unit && <div><dt>{t('task.unit')}</dt><dd>{text(task.unit.name)}</dd></div>}
          <div><dt>{t('task.opened')}</dt><dd>{formatInstant(task.openedAt, language)}</dd></div>
        </dl>
        {task.dueExplain?.length > 0 && (
          <details className="why">
            <summary><InfoCircleOutlined aria-hidden /> {t('due.why')}</summary>
            <ol>{task.dueExplain.map((line, i) => <li key={i}>{text(line)}</li>)}</ol>
            {task.provisional && <p className="muted">{t('due.provisionalWhy')}</p>}
          </details>
        )}
      </header>

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
            ? t('task.endedBy', { name: nameOf(task.completedBy), at: formatInstant(task.completedAt, language) })
            : t('task.ended')} />
      )}
      {restored && open && draft && (
        <Alert type="info" showIcon title={t('task.draftRestored', { time: formatInstant(draft.at, language) })}
          action={<Button size="small" onClick={discard}>{t('task.draftDiscard')}</Button>} />
      )}
      {faults.length > 0 && (
        <div ref={summary} tabIndex={-1} className="error-summary" role="alert">
          <h2>{t('task.fixTitle')}</h2>
          <ul>
            {faults.map((fault, i) => (
              <li key={i}>
                {fault.id
                  ? <a href={`#${fault.id}`} onClick={(e) => { e.preventDefault(); focusField(fault.id); }}>{fault.message}</a>
                  : fault.message}
              </li>
            ))}
          </ul>
        </div>
      )}

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
      {task.earlier?.length > 0 && (
        <Section title={t('task.earlier')}>
          <ol className="earlier">
            {task.earlier.map((decision, i) => (
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
      )}
      {task.form && (
        <Section title={t('task.form')}>
          <Suspense fallback={<Loading />}>
            <SchemaForm ref={form} spec={task.form} value={data} readOnly={!open || !task.canComplete}
              onChange={(value) => {
                // The form reports its defaults when it opens; only what a person changes is a draft.
                if (JSON.stringify(value) !== JSON.stringify(data) && document.activeElement?.closest('.schema-form, .ant-picker-dropdown, .ant-select-dropdown')) touched.current = true;
                setData(value);
              }} />
          </Suspense>
        </Section>
      )}
      {task.evidence?.length > 0 && open && (
        <Section title={t('task.evidence')}>
          {task.evidence.map((rule) => (
            <EvidenceField key={rule.type} task={task.id} rule={rule} files={files[rule.type] ?? []} disabled={!task.canComplete}
              onChange={(change) => setFiles((old) => ({ ...old, [rule.type]: change(old[rule.type] ?? []) }))} />
          ))}
        </Section>
      )}
      <div className="two">
        <Section title={t('task.legal')}><LegalList items={task.legalBasis} /></Section>
        {open && (
          <Section title={t('task.reminders')} icon={<BellOutlined />}>
            {task.reminders?.length ? (
              <ul className="reminders">
                {task.reminders.map((r, i) => (
                  <li key={i}><time dateTime={r.at}>{formatInstant(r.at, language)}</time> <span>{text(r.title)}</span></li>
                ))}
              </ul>
            ) : <p className="muted">{t('task.noReminders')}</p>}
          </Section>
        )}
      </div>

      {open && (
        <footer className="decision" aria-label={t('task.decision')} role="region">
          {task.blockedReason && !task.canComplete && (
            <p className="blocked"><LockOutlined aria-hidden /> <strong>{t('task.blocked')}.</strong> {text(task.blockedReason)}</p>
          )}
          <div className="decision-row">
            {task.canComplete && task.outcomes.map((outcome) => {
              const look = lookOf(task, outcome);
              return (
                <Button key={outcome.id} size="large" data-outcome={outcome.id} className={`outcome outcome-${look}`}
                  icon={look !== 'plain' && <span aria-hidden>{outcomeIcon[look]}</span>}
                  type={look === 'positive' ? 'primary' : 'default'} danger={look === 'negative'} onClick={() => choose(outcome)}>
                  {text(outcome.label)}
                </Button>
              );
            })}
            <span className="grow" />
            {task.claimable && task.state === 'offered' && (
              <Button size="large" type={task.canComplete ? 'default' : 'primary'} loading={claim.isPending} onClick={() => claim.mutate('claim')} title={t('task.claimHint')}>
                {t('task.claim')}
              </Button>
            )}
            {releasable && (
              <Button size="large" type="text" loading={claim.isPending} onClick={() => claim.mutate('release')}>{t('task.release')}</Button>
            )}
          </div>
          {savedAt && <p className="muted small draft-note">{t('task.draftSaved', { time: timeOf(savedAt) })}</p>}
        </footer>
      )}
      <DecisionDialog
        outcome={deciding}
        title={text(task.title)}
        comment={comment}
        onComment={(value) => { touched.current = true; setComment(value); }}
        busy={complete.isPending}
        onCancel={() => setDeciding(null)}
        onConfirm={(outcome) => complete.mutate({ outcome, said: comment })}
      />
    </article>
  );
}

function focusField(id: string) {
  const field = document.getElementById(id) ?? document.querySelector<HTMLElement>(`[id^="${CSS.escape(id)}"]`);
  field?.scrollIntoView({ block: 'center' });
  (field?.matches('input, textarea, select, button, [tabindex]') ? field : field?.querySelector<HTMLElement>('input, textarea, button'))?.focus();
}
