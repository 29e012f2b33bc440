import { useEffect, useRef, useState } from 'react';
import { LockOutlined } from '@ant-design/icons';
import { Button, Input, Modal } from 'antd';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import type { Outcome } from '../api/types';
import { useLanguage } from '../i18n';
import { outcomeIcon } from './tags';

type Props = {
  outcome: Outcome | null;
  title: string;
  comment: string;
  onComment: (value: string) => void;
  busy: boolean;
  /** Where the decision has to be signed: what the server found wrong with the password. */
  signatureFault: string | null;
  onCancel: () => void;
  onConfirm: (outcome: Outcome, password?: string) => void;
};

/** Asks once before a decision leaves: its reason where one is required, a comment where not. */
export function DecisionDialog({ outcome, title, comment, onComment, busy, signatureFault, onCancel, onConfirm }: Props) {
  const { t, text } = useLanguage();
  const field = useRef<TextAreaRef>(null);
  const [missing, setMissing] = useState(false);
  const [password, setPassword] = useState('');
  const [unsigned, setUnsigned] = useState(false);
  const required = !!outcome?.requires.includes('comment');
  const signs = !!outcome?.requires.includes('signature');
  useEffect(() => {
    setMissing(false);
    setUnsigned(false);
    setPassword('');
  }, [outcome]);
  // A wrong password is typed anew.
  useEffect(() => {
    if (!signatureFault) return;
    setPassword('');
    document.getElementById('decision-signature')?.focus();
  }, [signatureFault]);
  const confirm = () => {
    if (!outcome || busy) return;
    if (required && !comment.trim()) {
      setMissing(true);
      field.current?.focus();
      return;
    }
    if (signs && !password) {
      setUnsigned(true);
      document.getElementById('decision-signature')?.focus();
      return;
    }
    onConfirm(outcome, signs ? password : undefined);
  };
  const label = text(outcome?.label);
  return (
    <Modal
      open={!!outcome}
      title={t('task.confirmTitle', { outcome: label })}
      onCancel={onCancel}
      mask={{ closable: !busy }}
      afterOpenChange={(open) => open && field.current?.focus({ cursor: 'end' })}
      closable={{ 'aria-label': t('app.close') }}
      footer={
        <div className="dialog-foot">
          <Button size="large" onClick={onCancel} disabled={busy}>{t('app.cancel')}</Button>
          <Button size="large" type="primary" danger={outcome?.style === 'negative'} loading={busy} onClick={confirm}
            icon={outcome && <span aria-hidden>{outcomeIcon[outcome.style ?? 'positive']}</span>} data-testid="confirm">
            {label}
          </Button>
        </div>
      }
    >
      <p className="dialog-title">{title}</p>
      <div className="field">
        <label htmlFor="decision-comment">
          {required ? t('task.commentRequired') : t('task.commentOptional')}
          {required && <span className="required"> ({t('task.required')})</span>}
        </label>
        <Input.TextArea ref={field} id="decision-comment" rows={4} maxLength={4000} value={comment} status={missing ? 'error' : undefined}
          aria-invalid={missing || undefined} aria-required={required} aria-describedby="decision-help"
          onChange={(e) => { onComment(e.target.value); setMissing(false); }}
          onKeyDown={(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) confirm(); }} />
        <p id="decision-help" className={missing ? 'field-error' : 'muted small'} role={missing ? 'alert' : undefined}>
          {missing ? t('task.commentMissing') : t('task.commentHelp')}
        </p>
      </div>
      {signs && (
        <div className="field">
          <label htmlFor="decision-signature"><LockOutlined aria-hidden /> {t('signature.label')} <span className="required">({t('task.required')})</span></label>
          <Input id="decision-signature" type="password" autoComplete="current-password" value={password} status={unsigned || signatureFault ? 'error' : undefined}
            aria-invalid={unsigned || !!signatureFault || undefined} aria-required aria-describedby="signature-help"
            onChange={(e) => { setPassword(e.target.value); setUnsigned(false); }} onPressEnter={confirm} />
          <p id="signature-help" className={unsigned || signatureFault ? 'field-error' : 'muted small'} role={unsigned || signatureFault ? 'alert' : undefined}>
            {unsigned ? t('signature.missing') : signatureFault && !password ? signatureFault : t('signature.help')}
          </p>
        </div>
      )}
    </Modal>
  );
}
