import { useEffect, useRef, useState } from 'react';
import { Alert, App as AntApp, Button } from 'antd';
import { Link } from 'react-router-dom';
import { isProblem } from '../../api/client';
import { formatInstant } from '../../lib/dates';
import { useLanguage } from '../../i18n';
import type { Answer } from './useAnswer';

/** What became of what was typed before: brought back, changed from elsewhere, too late. */
export function DraftNotices({ answer }: { answer: Answer }) {
  const { t, text, language } = useLanguage();
  const { message } = AntApp.useApp();
  const [busy, setBusy] = useState(false);
  const act = async (what: () => Promise<void>) => {
    setBusy(true);
    try {
      await what();
    } catch (e) {
      void message.error(isProblem(e) && e.status ? e.message : t('error.offlineTitle'));
    } finally {
      setBusy(false);
    }
  };
  const { state, restored } = answer;
  // Its choice cannot wait until the person scrolls up.
  const urgent = useRef<HTMLDivElement>(null);
  const asks = state.kind === 'elsewhere' || state.kind === 'ended';
  useEffect(() => {
    if (asks) urgent.current?.scrollIntoView({ block: 'center' });
  }, [asks]);
  return (
    <div ref={urgent}>
      {restored && (
        <Alert type={restored.misfits.length ? 'warning' : 'info'} showIcon data-testid="draft-restored"
          title={t(restored.from ? 'draft.fromEarlier' : 'draft.restored', { time: formatInstant(restored.savedAt, language) })}
          description={restored.formChanged && (
            <>
              <p>{t('draft.formChanged')}</p>
              {restored.misfits.length > 0 && (
                <ul className="plain-list">{restored.misfits.map((fault) => <li key={fault.pointer + fault.code}>{text(fault.message)}</li>)}</ul>
              )}
            </>
          )}
          action={<Button size="small" loading={busy} onClick={() => void act(answer.discard)}>{t('draft.discard')}</Button>} />
      )}
      {state.kind === 'elsewhere' && (
        <Alert type="warning" showIcon role="alert" title={t('draft.elsewhereTitle')} description={
          <>
            <p>{t('draft.elsewhere')}</p>
            <div className="row">
              <Button loading={busy} onClick={() => void act(() => answer.settle(true))}>{t('draft.takeTheirs')}</Button>
              <Button loading={busy} onClick={() => void act(() => answer.settle(false))}>{t('draft.keepMine')}</Button>
            </div>
          </>
        } />
      )}
      {state.kind === 'ended' && (
        <Alert type="warning" showIcon role="alert" title={t('draft.ended')}
          description={state.successor && <Link to={`/tasks/${state.successor}`}>{t('draft.successor')}</Link>} />
      )}
    </div>
  );
}
