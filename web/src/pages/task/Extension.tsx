import { useEffect, useState } from 'react';
import { App as AntApp, Button, Input, InputNumber, Modal, Select } from 'antd';
import { CheckCircleOutlined, CloseCircleOutlined, FieldTimeOutlined, HourglassOutlined } from '@ant-design/icons';
import { useCompute } from '../../api/calendar';
import { isProblem } from '../../api/client';
import { useTaskAction } from '../../api/tasks';
import type { Extension, TaskDetail } from '../../api/types';
import { FieldError, faultsByField } from '../../components/fields';
import { Section } from '../../components/Section';
import { dueDay, formatDay, formatInstant } from '../../lib/dates';
import { spanForm, spanWords, type Span } from '../../lib/due';
import { useLanguage } from '../../i18n';

/** More time for a deadline: asked for with a reason, decided by who may, all of it kept. */
export function ExtensionSection({ task }: { task: TaskDetail }) {
  const { t } = useLanguage();
  const [asking, setAsking] = useState(false);
  const [deciding, setDeciding] = useState<'grant' | 'refuse' | null>(null);
  const history = task.extensions ?? [];
  if (!history.length && !task.canAskExtension && !task.canDecideExtension) return null;
  return (
    <Section title={t('extension.title')} icon={<FieldTimeOutlined />} id="extension" tone={task.canDecideExtension ? 'card-asked' : undefined}>
      {history.length > 0 && <ol className="extensions">{history.map((one, i) => <Entry key={i} extension={one} />)}</ol>}
      {task.canDecideExtension && (
        <div className="row">
          <Button type="primary" icon={<CheckCircleOutlined aria-hidden />} onClick={() => setDeciding('grant')}>{t('extension.grant')}</Button>
          <Button danger icon={<CloseCircleOutlined aria-hidden />} onClick={() => setDeciding('refuse')}>{t('extension.refuse')}</Button>
        </div>
      )}
      {task.canAskExtension && (
        <>
          {!history.length && <p className="muted extension-lead">{t('extension.lead')}</p>}
          <Button onClick={() => setAsking(true)}>{t('extension.ask')}</Button>
        </>
      )}
      {asking && <Ask task={task} onDone={() => setAsking(false)} />}
      {deciding && <Decide task={task} decision={deciding} asked={history.at(-1)} onDone={() => setDeciding(null)} />}
    </Section>
  );
}

const stateIcon = { asked: <HourglassOutlined />, granted: <CheckCircleOutlined />, refused: <CloseCircleOutlined /> };

function Entry({ extension }: { extension: Extension }) {
  const { t, text, language } = useLanguage();
  const was = extension.dueWas ? dueDay({ dueAt: extension.dueWas }) : null;
  return (
    <li className="extension">
      <div className="row">
        <span className={`tag extension-${extension.state}`}><span aria-hidden>{stateIcon[extension.state]}</span> {t(`extension.state.${extension.state}`)}</span>
        <strong>{t('extension.wanted', { span: spanWords(t, language, extension.wanted) })}</strong>
        {was && <span className="muted">{t('extension.wasDue', { day: formatDay(was, language) })}</span>}
      </div>
      <blockquote>{extension.reason}</blockquote>
      <div className="muted small">{t('extension.askedBy', { name: extension.askedBy?.name ?? '', at: extension.askedAt ? formatInstant(extension.askedAt, language) : '' })}</div>
      {extension.state === 'asked' ? <div className="small">{t('extension.waitsFor', { who: text(extension.deciders) })}</div> : (
        <>
          {extension.state === 'granted' && extension.given != null && <div>{t('extension.given', { span: spanWords(t, language, extension.given) })}</div>}
          {extension.comment && <blockquote>{extension.comment}</blockquote>}
          <div className="muted small">{t('extension.decidedBy', { name: extension.decidedBy?.name ?? '', at: extension.decidedAt ? formatInstant(extension.decidedAt, language) : '' })}</div>
        </>
      )}
    </li>
  );
}

/** How much more time, with the day it would make. */
function SpanField({ task, span, onChange, fault }: { task: TaskDetail; span: Span; onChange: (span: Span) => void; fault?: string }) {
  const { t, language } = useLanguage();
  const compute = useCompute();
  const { mutate } = compute;
  const from = dueDay(task);
  const unit = task.unit?.id;
  useEffect(() => {
    if (from && span.count > 0) mutate({ from, due: spanForm(span), unit });
  }, [from, span, unit, mutate]);
  return (
    <div className="field" role="group" aria-labelledby="extension-span">
      <strong id="extension-span">{t('extension.span')}</strong>
      <div className="row nowrap">
        <InputNumber aria-label={t('extension.count')} min={1} max={365} precision={0} value={span.count} status={fault ? 'error' : undefined} onChange={(count) => count && onChange({ ...span, count })} />
        <Select aria-label={t('extension.unit')} value={span.kind} onChange={(kind) => onChange({ ...span, kind })}
          options={[{ value: 'workingDays', label: t('extension.workingDays') }, { value: 'days', label: t('extension.days') }]} />
      </div>
      {from && (
        <p className="extension-new" role="status">
          <s className="muted">{formatDay(from, language)}</s>{' → '}
          {compute.data ? <strong>{formatDay(compute.data.date, language, true)}</strong> : '…'}{' '}
          {compute.data?.provisional && <span className="tag certainty-default">{t('due.provisional')}</span>}
        </p>
      )}
      <FieldError>{fault}</FieldError>
    </div>
  );
}

function Ask({ task, onDone }: { task: TaskDetail; onDone: () => void }) {
  const { t } = useLanguage();
  const { message } = AntApp.useApp();
  const [span, setSpan] = useState<Span>({ count: 3, kind: 'workingDays' });
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const ask = useTaskAction<{ due: object; reason: string }>(task, 'requestExtension');
  const faults = isProblem(ask.error) ? faultsByField(ask.error.body.errors) : {};
  const go = () => {
    if (!reason.trim()) {
      setMissing(true);
      document.getElementById('extension-reason')?.focus();
      return;
    }
    ask.mutate({ due: spanForm(span), reason: reason.trim().normalize('NFC') }, {
      onSuccess: () => { void message.success(t('extension.sent')); onDone(); },
      onError: (e) => { if (!isProblem(e, 422)) void message.error(isProblem(e) && e.status ? e.message : t('error.offlineTitle')); },
    });
  };
  return (
    <Modal open title={t('extension.askTitle')} onCancel={onDone} okText={t('extension.send')} cancelText={t('app.cancel')} closable={{ 'aria-label': t('app.close') }}
      okButtonProps={{ loading: ask.isPending }} onOk={go}>
      <p className="muted extension-lead">{t('extension.runsOn')}</p>
      <SpanField task={task} span={span} onChange={setSpan} fault={faults.due} />
      <div className="field">
        <label htmlFor="extension-reason">{t('task.commentRequired')} <span className="required">({t('task.required')})</span></label>
        <Input.TextArea id="extension-reason" rows={3} maxLength={4000} value={reason} aria-invalid={missing || !!faults.reason || undefined} status={missing || faults.reason ? 'error' : undefined}
          aria-describedby="extension-reason-fault" onChange={(e) => { setReason(e.target.value); setMissing(false); }} />
        <FieldError id="extension-reason-fault">{missing ? t('task.commentMissing') : faults.reason}</FieldError>
      </div>
    </Modal>
  );
}

function Decide({ task, decision, asked, onDone }: { task: TaskDetail; decision: 'grant' | 'refuse'; asked?: Extension; onDone: () => void }) {
  const { t, language } = useLanguage();
  const { message } = AntApp.useApp();
  const [other, setOther] = useState(false);
  const [span, setSpan] = useState<Span>({ count: 3, kind: 'workingDays' });
  const [comment, setComment] = useState('');
  const [missing, setMissing] = useState(false);
  const decide = useTaskAction<{ decision: string; due?: object; comment?: string }>(task, 'decideExtension');
  const faults = isProblem(decide.error) ? faultsByField(decide.error.body.errors) : {};
  const refusing = decision === 'refuse';
  const go = () => {
    if (refusing && !comment.trim()) {
      setMissing(true);
      document.getElementById('extension-comment')?.focus();
      return;
    }
    decide.mutate({
      decision,
      ...(!refusing && other ? { due: spanForm(span) } : {}),
      ...(comment.trim() ? { comment: comment.trim().normalize('NFC') } : {}),
    }, {
      onSuccess: () => { void message.success(t(refusing ? 'extension.refusedNow' : 'extension.grantedNow')); onDone(); },
      onError: (e) => { if (!isProblem(e, 422)) void message.error(isProblem(e) && e.status ? e.message : t('error.offlineTitle')); },
    });
  };
  return (
    <Modal open title={t(refusing ? 'extension.refuseTitle' : 'extension.grantTitle')} onCancel={onDone} okText={t(refusing ? 'extension.refuse' : 'extension.grant')} cancelText={t('app.cancel')}
      closable={{ 'aria-label': t('app.close') }} okButtonProps={{ loading: decide.isPending, danger: refusing }} onOk={go}>
      {asked && <p className="extension-lead">{t('extension.wanted', { span: spanWords(t, language, asked.wanted) })}: {asked.reason}</p>}
      {!refusing && (
        <div className="field">
          <label><input type="checkbox" className="plain-check" checked={other} onChange={(e) => setOther(e.target.checked)} /> {t('extension.other')}</label>
        </div>
      )}
      {!refusing && other && <SpanField task={task} span={span} onChange={setSpan} fault={faults.due} />}
      <div className="field">
        <label htmlFor="extension-comment">{refusing ? <>{t('task.commentRequired')} <span className="required">({t('task.required')})</span></> : t('task.commentOptional')}</label>
        <Input.TextArea id="extension-comment" rows={3} maxLength={4000} value={comment} aria-invalid={missing || !!faults.comment || undefined} status={missing || faults.comment ? 'error' : undefined}
          aria-describedby="extension-comment-fault" onChange={(e) => { setComment(e.target.value); setMissing(false); }} />
        <FieldError id="extension-comment-fault">{missing ? t('task.commentMissing') : faults.comment}</FieldError>
      </div>
    </Modal>
  );
}
