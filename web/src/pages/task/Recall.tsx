import { useState } from 'react';
import { App as AntApp, Button, Input, Modal } from 'antd';
import { UndoOutlined } from '@ant-design/icons';
import { isProblem } from '../../api/client';
import { useTaskAction } from '../../api/tasks';
import type { TaskDetail } from '../../api/types';
import { useLanguage } from '../../i18n';

/** Takes one's own answer back, later than the moment in which it was given. */
export function Recall({ task }: { task: TaskDetail }) {
  const { t } = useLanguage();
  const { message } = AntApp.useApp();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const recall = useTaskAction<{ reason?: string }>(task, 'recall');
  const go = () =>
    recall.mutate(reason.trim() ? { reason: reason.trim().normalize('NFC') } : {}, {
      onSuccess: () => { setOpen(false); void message.success(t('recall.done')); },
      onError: (e) => { setOpen(false); void message.error({ duration: 8, content: isProblem(e) && e.status ? e.message : t('error.offlineTitle') }); },
    });
  if (!task.mayRecall) return null;
  return (
    <>
      <Button icon={<UndoOutlined aria-hidden />} data-testid="recall" onClick={() => setOpen(true)}>{t('recall.name')}</Button>
      <Modal open={open} title={t('recall.title')} onCancel={() => setOpen(false)} okText={t('recall.name')} cancelText={t('app.cancel')} closable={{ 'aria-label': t('app.close') }}
        okButtonProps={{ loading: recall.isPending }} onOk={go}>
        <p className="dialog-lead">{t('recall.lead')}</p>
        <div className="field">
          <label htmlFor="recall-reason">{t('calendar.reasonOptional')}</label>
          <Input.TextArea id="recall-reason" rows={2} maxLength={4000} value={reason} onChange={(e) => setReason(e.target.value)} />
        </div>
      </Modal>
    </>
  );
}
