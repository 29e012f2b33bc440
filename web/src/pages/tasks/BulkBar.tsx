import { useEffect, useState } from 'react';
import { App as AntApp, Button, Input, Modal } from 'antd';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { refusedOf, sendBatch, useJob, type ItemResult } from '../../api/bulk';
import { isProblem } from '../../api/client';
import { useTask } from '../../api/queries';
import type { Outcome, Task } from '../../api/types';
import { announce } from '../../app/announce';
import { useSession } from '../../app/session';
import { outcomeIcon } from '../../components/tags';
import { actionsFor, hindranceOf, type BulkAction } from '../../lib/selection';
import { lookOf } from '../../lib/tasks';
import { useLanguage } from '../../i18n';
import type { Choice } from './useChoice';

/** The tasks as they stood when the dialog opened: what another hand changes from then on is refused, not
 *  decided unseen. */
type Asked = { action: BulkAction; outcome?: Outcome; tasks: Task[] };
type Left = { done: number; refused: { id: string; title: string; why: string }[] };
export type Refusals = Record<string, string>;

/** What may be done with all the chosen tasks, and what became of it. */
export function BulkBar({ choice, onRefused }: { choice: Choice; onRefused: (refusals: Refusals) => void }) {
  const { t, text } = useLanguage();
  const me = useSession();
  const client = useQueryClient();
  const { message } = AntApp.useApp();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [job, setJob] = useState<{ id: string; tasks: Task[] }>();
  const [left, setLeft] = useState<Left | null>(null);
  const { chosen } = choice;
  const actions = actionsFor(chosen, { id: me.person.id, isAdministrator: me.isAdministrator });
  // The outcomes of one of them stand for all: they are of the same step.
  const first = useTask(chosen[0]?.id).data;
  const running = useJob(job?.id).data;

  const settle = (tasks: Task[], results: ItemResult[], done: number) => {
    const titles = new Map(tasks.map((task) => [task.id, text(task.instance.title)]));
    const refused = results.filter((item) => item.status === null || item.status >= 300).map((item) => ({
      id: item.id,
      title: titles.get(item.id) ?? item.id,
      why: item.status === 412 ? t('bulk.changed') : item.problem?.detail ?? item.problem?.title ?? '',
    }));
    onRefused(Object.fromEntries(refused.map((item) => [item.id, item.why])));
    choice.keep(refused.map((item) => item.id));
    setLeft({ done, refused });
    announce(t('bulk.result', { done, refused: refused.length }));
    for (const name of ['tasks', 'task', 'instances', 'instance', 'history', 'overview']) void client.invalidateQueries({ queryKey: [name] });
  };
  const send = useMutation({
    mutationFn: ({ what, comment }: { what: Asked; comment: string }) =>
      sendBatch({
        action: what.action,
        items: what.tasks.map((task) => ({ task: task.id, etag: task.etag })),
        ...(what.outcome ? { outcome: what.outcome.id } : {}),
        ...(comment.trim() ? { comment: comment.trim().normalize('NFC') } : {}),
      }),
    onSuccess: (answer, { what }) => {
      setAsked(null);
      if ('job' in answer) setJob({ id: answer.job.id, tasks: what.tasks });
      else settle(what.tasks, answer.results, answer.done);
    },
    onError: (e) => void message.error(isProblem(e) && e.status ? e.message : t('error.offlineTitle')),
  });
  useEffect(() => {
    if (running?.state !== 'finished' || job?.id !== running.id) return;
    const { done } = running;
    setJob(undefined);
    void refusedOf(running.id).then((refused) => settle(job.tasks, refused, done));
    // One job at a time; `settle` of this moment is the right one.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [running?.state, job]);
  // A new choice is a new beginning.
  const some = chosen.length;
  useEffect(() => {
    if (left && some > left.refused.length) setLeft(null);
  }, [some, left]);

  // What has left the list has no row to say why.
  const gone = left?.refused.filter((item) => !choice.listed(item.id)) ?? [];
  const ask = (what: Omit<Asked, 'tasks'>) => setAsked({ ...what, tasks: chosen });

  if (running && job) {
    return (
      <div className="bulk" role="status">
        <p>{t('bulk.running', { done: running.total - running.open, total: running.total })}</p>
        <progress max={running.total} value={running.total - running.open} aria-label={t('bulk.progress')} />
      </div>
    );
  }
  return (
    <div className="bulk" role="region" aria-label={t('bulk.title')}>
      {left && (
        <div className={left.refused.length ? 'bulk-result bulk-result-left' : 'bulk-result'} role="status">
          {t('bulk.result', { done: left.done, refused: left.refused.length })} {left.refused.length > gone.length && t('bulk.leftOver')}
          {gone.length > 0 && (
            <details>
              <summary>{t('bulk.gone', { count: gone.length })}</summary>
              <ul>{gone.map((item) => <li key={item.id}><strong>{item.title}</strong>: {item.why}</li>)}</ul>
            </details>
          )}
        </div>
      )}
      <div className="row spread">
        <strong>{some ? t('bulk.chosen', { count: some }) : t('bulk.chooseFirst')}</strong>
        <Button size="small" onClick={choice.stop}>{t('bulk.stop')}</Button>
      </div>
      {some > 0 && (
        <p className="muted small">
          {text(chosen[0].title)}{' '}
          {choice.alike.length > some && (
            <button type="button" className="text-button" onClick={choice.all}>{t('bulk.chooseAll', { count: choice.alike.length })}</button>
          )}
          <button type="button" className="text-button" onClick={choice.none}>{t('bulk.chooseNone')}</button>
        </p>
      )}
      {some > 0 && (
        <div className="row">
          {actions.includes('complete') && first && first.id === chosen[0].id && first.outcomes.map((outcome) => {
            const look = lookOf(first, outcome);
            const hindrance = hindranceOf(outcome, first, outcome.requires.includes('form') || look === 'positive');
            return (
              <Button key={outcome.id} data-bulk-outcome={outcome.id} className={`outcome-${look}`} disabled={!!hindrance} title={hindrance ? t(`bulk.hindrance.${hindrance}`) : undefined}
                type={look === 'positive' ? 'primary' : 'default'} danger={look === 'negative'} onClick={() => ask({ action: 'complete', outcome })}>
                {text(outcome.label)}
              </Button>
            );
          })}
          {(['claim', 'release', 'withdraw'] as const).filter((action) => actions.includes(action)).map((action) => (
            <Button key={action} data-bulk={action} danger={action === 'withdraw'} onClick={() => ask({ action })}>{t(`bulk.action.${action}`)}</Button>
          ))}
          {!actions.length && <span className="muted">{t('bulk.nothingCommon')}</span>}
        </div>
      )}
      <Confirm asked={asked} busy={send.isPending} onCancel={() => setAsked(null)}
        onConfirm={(comment) => asked && send.mutate({ what: asked, comment })} />
    </div>
  );
}

function Confirm({ asked, busy, onCancel, onConfirm }: {
  asked: Asked | null;
  busy: boolean;
  onCancel: () => void;
  onConfirm: (comment: string) => void;
}) {
  const { t, text } = useLanguage();
  const tasks = asked?.tasks ?? [];
  const [comment, setComment] = useState('');
  const [missing, setMissing] = useState(false);
  useEffect(() => { setComment(''); setMissing(false); }, [asked]);
  const label = asked?.outcome ? text(asked.outcome.label) : asked ? t(`bulk.action.${asked.action}`) : '';
  const takesComment = asked?.action === 'complete' || asked?.action === 'withdraw';
  const required = asked?.action === 'withdraw' || !!asked?.outcome?.requires.includes('comment');
  const confirm = () => {
    if (required && !comment.trim()) {
      setMissing(true);
      document.getElementById('bulk-comment')?.focus();
    } else onConfirm(comment);
  };
  return (
    <Modal open={!!asked} title={t('bulk.confirmTitle', { outcome: label, count: tasks.length })} onCancel={onCancel} mask={{ closable: !busy }}
      closable={{ 'aria-label': t('app.close') }}
      footer={
        <div className="dialog-foot">
          <Button size="large" onClick={onCancel} disabled={busy}>{t('app.cancel')}</Button>
          <Button size="large" type="primary" danger={asked?.outcome?.style === 'negative' || asked?.action === 'withdraw'} loading={busy} onClick={confirm}
            icon={asked?.outcome && <span aria-hidden>{outcomeIcon[asked.outcome.style]}</span>} data-testid="bulk-confirm">
            {label}
          </Button>
        </div>
      }>
      <p className="muted">{t('bulk.confirmLead')}</p>
      <ul className="bulk-list" tabIndex={0} aria-label={t('bulk.listLabel')}>
        {tasks.map((task) => <li key={task.id}>{text(task.instance.title)}</li>)}
      </ul>
      {takesComment && (
        <div className="field">
          <label htmlFor="bulk-comment">
            {required ? t('task.commentRequired') : t('task.commentOptional')}
            {required && <span className="required"> ({t('task.required')})</span>}
          </label>
          <Input.TextArea id="bulk-comment" rows={3} maxLength={4000} value={comment} status={missing ? 'error' : undefined} aria-invalid={missing || undefined}
            aria-describedby="bulk-comment-help" onChange={(e) => { setComment(e.target.value); setMissing(false); }} />
          <p id="bulk-comment-help" className={missing ? 'field-error' : 'muted small'} role={missing ? 'alert' : undefined}>
            {missing ? t('task.commentMissing') : t('bulk.commentHelp')}
          </p>
        </div>
      )}
    </Modal>
  );
}
