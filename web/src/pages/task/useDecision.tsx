import { useRef, useState, type RefObject } from 'react';
import { UndoOutlined } from '@ant-design/icons';
import { App as AntApp, Button } from 'antd';
import { useMutation, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { Link } from 'react-router-dom';
import { isProblem, newKey, request } from '../../api/client';
import type { CompleteAnswer, Outcome, TaskDetail, TaskPage } from '../../api/types';
import { announce } from '../../app/announce';
import type { FormFault, SchemaFormHandle } from '../../form/SchemaForm';
import { isOpen, lookOf } from '../../lib/tasks';
import { useLanguage } from '../../i18n';
import type { Answer } from './useAnswer';

/** How long nobody outside has heard of an answer, unless the server is set otherwise. */
const graceSeconds = 10;

const inPageOrder = (faults: FormFault[]) => {
  const place = (fault: FormFault) => document.getElementById(fault.id)?.getBoundingClientRect().top ?? 0;
  return [...faults].sort((a, b) => place(a) - place(b));
};

/** From the choice of an outcome to its recording, with what is missing on the way. */
export function useDecision({ task, answer, form, summary, trouble, refresh, onFinished }: {
  task: TaskDetail;
  answer: Answer;
  form: RefObject<SchemaFormHandle | null>;
  summary: RefObject<HTMLDivElement | null>;
  trouble: (error: unknown) => void;
  refresh: () => void;
  onFinished: (id: string) => void;
}) {
  const { t, text } = useLanguage();
  const client = useQueryClient();
  const { message } = AntApp.useApp();
  const [faults, setFaults] = useState<FormFault[]>([]);
  const [deciding, setDeciding] = useState<Outcome | null>(null);
  const [signatureFault, setSignatureFault] = useState<string | null>(null);
  const key = useRef(newKey());

  // A return or a refusal carries the form only where it is wanted, or where it was filled in rightly.
  const needsForm = (outcome: Outcome) =>
    !!task.form && (outcome.requires.includes('form') || lookOf(task, outcome) === 'positive');
  const sendsForm = (outcome: Outcome) =>
    needsForm(outcome) || (!!task.form && answer.touched() && !!form.current?.valid());

  const show = (found: FormFault[]) => {
    setFaults(found);
    if (found.length) setTimeout(() => summary.current?.focus());
  };

  const choose = (outcome: Outcome) => {
    const found: FormFault[] = [];
    if (needsForm(outcome)) found.push(...inPageOrder(form.current?.check() ?? []));
    const missing = (rule: TaskDetail['evidence'][number], count: number) => found.push({
      id: `evidence-${rule.type}`,
      message: t('task.missingFile', { label: text(rule.label) || rule.type, count }),
    });
    const counts = (rule: TaskDetail['evidence'][number]) => !rule.forOutcomes?.length || rule.forOutcomes.includes(outcome.id);
    for (const rule of task.evidence) {
      if (counts(rule) && (answer.files[rule.type]?.length ?? 0) < rule.min) missing(rule, rule.min);
    }
    const first = task.evidence.find(counts);
    if (outcome.requires.includes('attachment') && !answer.attachments.length && first && !found.some((f) => f.id.startsWith('evidence-'))) {
      missing(first, 1);
    }
    show(found);
    setSignatureFault(null);
    if (!found.length) setDeciding(outcome);
  };

  /** What the server found wrong, beside the fields it is about. */
  const refused = (errors: { pointer: string; code: string; message: string }[], words: string, outcome: Outcome) => {
    const ofForm = errors.filter((e) => !/^\/(comment|attachments|outcome)/.test(e.pointer));
    const others = errors.filter((e) => !ofForm.includes(e));
    const shown = task.form ? form.current?.show(ofForm) ?? [] : ofForm.map((e) => ({ id: '', message: e.message }));
    const rest = others.map((e) => ({
      id: e.pointer.startsWith('/attachments') ? `evidence-${task.evidence[0]?.type}` : '',
      message: e.message,
    }));
    show(errors.length ? [...shown, ...rest] : [{ id: '', message: words }]);
    if (others.some((e) => e.pointer.startsWith('/comment'))) setDeciding(outcome);
  };

  /** Gone at once from every list of open tasks; the server's word follows. */
  const strike = () =>
    client.setQueriesData<InfiniteData<TaskPage>>({ queryKey: ['tasks'] }, (old) => old && {
      ...old,
      pages: old.pages.map((page) => {
        const gone = page.items.find((item) => item.id === task.id && isOpen(item));
        return gone
          ? {
              ...page,
              items: page.items.filter((item) => item !== gone),
              counts: { ...page.counts, [gone.dueGroup]: Math.max(0, (page.counts?.[gone.dueGroup] ?? 1) - 1) },
            }
          : page;
      }),
    });

  const complete = useMutation({
    mutationFn: ({ outcome, password }: { outcome: Outcome; password?: string }) => {
      setSignatureFault(null);
      const body: Record<string, unknown> = { outcome: outcome.id };
      const said = answer.comment.trim();
      if (said) body.comment = said.normalize('NFC');
      if (sendsForm(outcome)) body.data = form.current?.data() ?? answer.data;
      if (answer.attachments.length) body.attachments = answer.attachments;
      if (password) body.signature = { password };
      return request<CompleteAnswer>(`/tasks/${encodeURIComponent(task.id)}:complete`, {
        method: 'POST', body, etag: task.etag, key: key.current,
      });
    },
    onSuccess: (recorded, { outcome }) => {
      answer.done();
      setDeciding(null);
      strike();
      const words = t('task.recorded', { outcome: text(outcome.label) });
      announce(`${words}. ${t('task.recordedFor', { title: text(task.title) })}`);
      const toast = `recorded-${task.id}`;
      const undo = async () => {
        message.destroy(toast);
        try {
          await request(`/tasks/${encodeURIComponent(task.id)}:recall`, { method: 'POST', body: {}, key: newKey() });
          void message.success(t('recall.done'));
        } catch (e) {
          void message.error({ duration: 8, content: isProblem(e) && e.status ? e.message : t('error.offlineTitle') });
        }
        void client.invalidateQueries();
      };
      message.success({
        key: toast,
        duration: recorded.task.mayRecall ? graceSeconds : 6,
        content: (
          <span className="recorded">
            <strong>{words}</strong>
            <span>
              {recorded.instance.state === 'completed' ? t('task.planEnded') : t('task.nextOpened')}{' '}
              <Link to={`/plans/${task.instance.id}`}>{t('task.openPlan')}</Link>
            </span>
            {recorded.task.mayRecall && (
              <span><Button size="small" icon={<UndoOutlined aria-hidden />} data-testid="undo" onClick={() => void undo()}>{t('recall.name')}</Button></span>
            )}
          </span>
        ),
      });
      onFinished(task.id);
      refresh();
      for (const name of ['instances', 'instance', 'history', 'overview']) void client.invalidateQueries({ queryKey: [name] });
    },
    onError: (error, { outcome }) => {
      const signing = isProblem(error, 422) && !!error.body.errors?.length && error.body.errors.every((e) => e.pointer.startsWith('/signature'));
      if (signing || (isProblem(error, 429) && outcome.requires.includes('signature'))) {
        key.current = newKey();
        setSignatureFault((isProblem(error) && error.body.errors?.[0]?.message) || (isProblem(error) ? error.message : ''));
        return;
      }
      if (isProblem(error, 422)) {
        key.current = newKey();
        setDeciding(null);
        refused(error.body.errors ?? [], error.message, outcome);
        return;
      }
      if (!isProblem(error, 0)) key.current = newKey();
      if (isProblem(error, 412) || isProblem(error, 409) || isProblem(error, 428)) setDeciding(null);
      trouble(error);
    },
  });

  return {
    faults, deciding, choose, signatureFault,
    cancel: () => setDeciding(null),
    confirm: (outcome: Outcome, password?: string) => complete.mutate({ outcome, password }),
    busy: complete.isPending,
  };
}
