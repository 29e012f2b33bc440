import { useState } from 'react';
import { App as AntApp, Button, Input, Modal } from 'antd';
import { PauseCircleOutlined, PlayCircleOutlined, RedoOutlined, StopOutlined } from '@ant-design/icons';
import { isProblem } from '../../api/client';
import { useCare, type CareAction } from '../../api/care';
import type { InstanceDetail } from '../../api/types';
import { isLeader, useSession } from '../../app/session';
import { FieldError } from '../../components/fields';
import { isRunning } from '../../lib/plans';
import { useLanguage } from '../../i18n';

const icon = { cancel: <StopOutlined />, suspend: <PauseCircleOutlined />, resume: <PlayCircleOutlined />, retry: <RedoOutlined /> };
/** How the reason is called in the request; resuming has none. */
const reasonOf: Record<CareAction, 'reason' | 'comment' | null> = { cancel: 'reason', suspend: 'reason', resume: null, retry: 'comment' };

/** What may be done with the plan as a whole, for who may. */
export function Care({ plan }: { plan: InstanceDetail }) {
  const { t } = useLanguage();
  const me = useSession();
  const [asked, setAsked] = useState<CareAction | null>(null);
  const untouched = !plan.tasks.some((task) => task.state === 'completed');
  const leads = me.isAdministrator || (isLeader(me) && me.units.some((unit) => unit.id === plan.unit?.id));
  const open = isRunning(plan) || plan.state === 'suspended';
  const actions: CareAction[] = [];
  if (plan.state === 'faulted' && me.isAdministrator) actions.push('retry');
  if (plan.state === 'suspended' && leads) actions.push('resume');
  if (isRunning(plan) && leads) actions.push('suspend');
  if (open && (me.isAdministrator || (plan.initiator?.id === me.person.id && untouched))) actions.push('cancel');
  if (!actions.length) return null;
  return (
    <div className="row plan-actions">
      {actions.map((action) => (
        <Button key={action} data-care={action} danger={action === 'cancel'} type={action === 'resume' || action === 'retry' ? 'primary' : 'default'}
          icon={<span aria-hidden>{icon[action]}</span>} onClick={() => setAsked(action)}>
          {t(`plan.care.${action}`)}
        </Button>
      ))}
      {asked && <Confirm key={asked} plan={plan} action={asked} onDone={() => setAsked(null)} />}
    </div>
  );
}

function Confirm({ plan, action, onDone }: { plan: InstanceDetail; action: CareAction; onDone: () => void }) {
  const { t } = useLanguage();
  const { message } = AntApp.useApp();
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const care = useCare(plan.id);
  const name = reasonOf[action];
  const go = () => {
    if (name && !reason.trim()) {
      setMissing(true);
      document.getElementById('care-reason')?.focus();
      return;
    }
    care.mutate({ action, body: name ? { [name]: reason.trim().normalize('NFC') } : {} }, {
      onSuccess: (after) => {
        if (action === 'retry' && after.state === 'faulted') void message.warning(t('plan.care.failedAgain'));
        else void message.success(t(`plan.care.done.${action}`));
        onDone();
      },
      onError: (e) => void message.error(isProblem(e) && e.status ? e.message : t('error.offlineTitle')),
    });
  };
  return (
    <Modal open title={t(`plan.care.title.${action}`)} onCancel={onDone} okText={t(`plan.care.${action}`)} cancelText={t('app.cancel')}
      closable={{ 'aria-label': t('app.close') }} okButtonProps={{ danger: action === 'cancel', loading: care.isPending }} onOk={go}
      afterOpenChange={(open) => open && document.getElementById('care-reason')?.focus()}>
      <p className="dialog-lead">{t(`plan.care.lead.${action}`)}</p>
      {name && (
        <div className="field">
          <label htmlFor="care-reason">{t('task.commentRequired')} <span className="required">({t('task.required')})</span></label>
          <Input.TextArea id="care-reason" rows={3} maxLength={2000} value={reason} status={missing ? 'error' : undefined} aria-invalid={missing || undefined} aria-describedby="care-fault"
            onChange={(e) => { setReason(e.target.value); setMissing(false); }} />
          <FieldError id="care-fault">{missing ? t('task.commentMissing') : null}</FieldError>
        </div>
      )}
    </Modal>
  );
}
