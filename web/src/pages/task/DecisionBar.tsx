import type { ReactNode } from 'react';
import { CheckOutlined, LockOutlined, WarningOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import type { Outcome, TaskDetail } from '../../api/types';
import { outcomeIcon } from '../../components/tags';
import type { DraftState } from '../../lib/draft';
import { timeOf } from '../../lib/dates';
import { lookOf } from '../../lib/tasks';
import { useLanguage } from '../../i18n';

function DraftNote({ state }: { state: DraftState }) {
  const { t } = useLanguage();
  if (state.kind === 'saved') {
    return <p className="muted small draft-note" data-testid="draft-saved"><CheckOutlined aria-hidden /> {t('draft.saved', { time: timeOf(state.at) })}</p>;
  }
  if (state.kind === 'failed') {
    return (
      <p className="small draft-note draft-failed" role="status">
        <WarningOutlined aria-hidden /> {state.message ? t('draft.refused', { why: state.message }) : t('draft.failed')}
      </p>
    );
  }
  return state.kind === 'saving' ? <p className="muted small draft-note">{t('draft.saving')}</p> : null;
}

/** The ways to decide, always in sight. */
export function DecisionBar({ task, draft, choose, children }: {
  task: TaskDetail;
  draft: DraftState;
  choose: (outcome: Outcome) => void;
  /** What else may be done with the task. */
  children?: ReactNode;
}) {
  const { t, text } = useLanguage();
  return (
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
        {children}
      </div>
      <DraftNote state={draft} />
    </footer>
  );
}
