import { useState } from 'react';
import { App as AntApp, Button, Input, Modal } from 'antd';
import { useCalendarChanges, useUndoChange, type CalendarChange } from '../../api/calendar';
import { isProblem } from '../../api/client';
import { Empty, Loading, ProblemView } from '../../components/states';
import { formatInstant } from '../../lib/dates';
import { useLanguage } from '../../i18n';

/** What was changed, by whom, how far it has come; the latest of a calendar can be undone. */
export function Changes() {
  const { t, language } = useLanguage();
  const query = useCalendarChanges();
  const [undoing, setUndoing] = useState<CalendarChange | null>(null);
  if (query.isPending) return <Loading />;
  if (query.isError && !query.data) return <ProblemView error={query.error} retry={() => void query.refetch()} />;
  const items = query.data!.items;
  if (!items.length) return <Empty>{t('calendar.noChanges')}</Empty>;
  const latest = new Map<string, number>();
  for (const change of items) if (!latest.has(change.calendar)) latest.set(change.calendar, change.id);
  return (
    <>
      <ul className="changes">
        {items.map((change) => (
          <li key={change.id} data-change={change.id}>
            <div className="grow">
              <div className="row">
                <strong className="mono">{change.calendar}</strong>
                <span className="tag">{change.undoes ? t('calendar.isUndo', { id: change.undoes }) : t('calendar.change', { id: change.id })}</span>
                {change.undoneBy && <span className="tag">{t('calendar.undone')}</span>}
                <span className="muted small">{formatInstant(change.madeAt, language)} · {change.madeBy?.name ?? t('plan.system')}</span>
              </div>
              {change.reason && <div>{change.reason}</div>}
              {change.phase === 'done' ? (
                <div className="muted small">{t('calendar.changed', { deadlines: change.deadlinesMoved, instances: change.instancesMoved, people: change.peopleTold })}</div>
              ) : (
                <div role="status">
                  <span className="small">{t(`calendar.phase.${change.phase}`)} {t('calendar.looked', { done: change.lookedAt, total: change.openInstances })}</span>
                  <progress max={Math.max(1, change.openInstances)} value={change.lookedAt} aria-label={t('bulk.progress')} />
                </div>
              )}
            </div>
            {latest.get(change.calendar) === change.id && !change.undoneBy && <Button onClick={() => setUndoing(change)}>{t('calendar.undo')}</Button>}
          </li>
        ))}
      </ul>
      <Undo change={undoing} onDone={() => setUndoing(null)} />
    </>
  );
}

function Undo({ change, onDone }: { change: CalendarChange | null; onDone: () => void }) {
  const { t } = useLanguage();
  const { message } = AntApp.useApp();
  const [reason, setReason] = useState('');
  const undo = useUndoChange();
  const go = () =>
    undo.mutate({ change: change!.id, reason: reason.trim() }, {
      onSuccess: () => { void message.success(t('calendar.undoneNow')); setReason(''); onDone(); },
      onError: (e) => void message.error(isProblem(e) && e.status ? e.message : t('error.offlineTitle')),
    });
  return (
    <Modal open={!!change} title={t('calendar.undoTitle')} onCancel={onDone} okText={t('calendar.undo')} cancelText={t('app.cancel')}
      closable={{ 'aria-label': t('app.close') }} okButtonProps={{ loading: undo.isPending }} onOk={go}>
      <p>{t('calendar.undoLead')}</p>
      <div className="field">
        <label htmlFor="undo-reason">{t('calendar.reasonOptional')}</label>
        <Input.TextArea id="undo-reason" rows={2} maxLength={2000} value={reason} onChange={(e) => setReason(e.target.value)} />
      </div>
    </Modal>
  );
}
